using SecretsOps.KeyManagement;

namespace SecretsOps.Cli.Sops;

/// <summary>Makes the key services of a run: the local one unless turned off, then remote ones; each wrapped key is unwrapped once.</summary>
internal static class SopsKeyServices
{
    public static IKeyService Create(CliEnvironment environment) =>
        new CachingKeyService(new LocalKeyService(KeyCredentials.FromEnvironment(EnvironmentOf(environment))));

    /// <summary>What the backends may read of the process.</summary>
    public static KeyEnvironment EnvironmentOf(CliEnvironment environment) => new()
    {
        Variable = environment.Variable,
        Clock = environment.Time,
    };
}
