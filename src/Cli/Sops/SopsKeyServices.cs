using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Remote;

namespace SecretsOps.Cli.Sops;

/// <summary>Makes the key services of a run: the local one unless turned off, then remote ones; each wrapped key is unwrapped once.</summary>
internal static class SopsKeyServices
{
    /// <summary>The services that the options of sops name.</summary>
    public static IKeyService Create(SopsArguments arguments, CliEnvironment environment, Action<string> warn)
    {
        var keys = EnvironmentOf(environment);
        List<IKeyService> services = [];
        if (arguments.FlagOrTrue("enable-local-keyservice"))
        {
            services.Add(new LocalKeyService(KeyCredentials.FromEnvironment(keys)));
        }

        foreach (var address in arguments.Texts("keyservice"))
        {
            try
            {
                services.Add(new RemoteKeyService(KeyServiceAddress.Parse(address), keys));
            }
            catch (FormatException malformed)
            {
                warn(malformed.Message); // Compatibility: sops skips it with a warning
            }
        }

        return new CachingKeyService(new KeyServiceChain(services));
    }

    /// <summary>What the backends may read of the process.</summary>
    public static KeyEnvironment EnvironmentOf(CliEnvironment environment) => new()
    {
        Variable = environment.Variable,
        Clock = environment.Time,
        Interaction = new TerminalPerson(),
    };
}
