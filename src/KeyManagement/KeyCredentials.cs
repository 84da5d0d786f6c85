using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.OpenPgp;

namespace SecretsOps.KeyManagement;

/// <summary>Where each backend finds its credentials.</summary>
public sealed record KeyCredentials
{
    /// <summary>The clock for signatures, tokens and time-outs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The longest that one key may take.</summary>
    public TimeSpan KeyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age identities.</summary>
    public AgeCredentials Age { get; init; } = new();

    /// <summary>OpenPGP keys.</summary>
    public OpenPgpCredentials OpenPgp { get; init; } = new();

    /// <summary>The sources of the command line: the variables and files that SOPS and the clouds' own tools read.</summary>
    public static KeyCredentials FromEnvironment(KeyEnvironment environment) => new()
    {
        Clock = environment.Clock,
        Age = AgeCredentials.FromEnvironment(environment),
        OpenPgp = OpenPgpCredentials.FromEnvironment(environment),
    };

    /// <summary>The sources of a cluster: a Secret's data under the key names of Flux, and nothing of the process.</summary>
    public static KeyCredentials FromSecretData(IReadOnlyDictionary<string, byte[]> data) => new()
    {
        Age = AgeCredentials.FromFiles(data.Where(entry => entry.Key.EndsWith(".agekey", StringComparison.Ordinal))),
        OpenPgp = OpenPgpCredentials.FromKeys(data.Where(entry => entry.Key.EndsWith(".asc", StringComparison.Ordinal)).Select(entry => entry.Value)),
    };
}
