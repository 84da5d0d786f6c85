using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age;

/// <summary>One place where identities may be: a variable, a file, a command, an entry of a Secret.</summary>
internal sealed class AgeIdentitySource(string location, Func<string, CancellationToken, Task<IReadOnlyList<AgeIdentity>?>> load)
{
    /// <summary>How messages name it.</summary>
    public string Location => location;

    /// <summary>Whether its absence is worth a word only when no other source gave anything.</summary>
    public bool IsLastResort { get; init; }

    /// <summary>The identities for a recipient; <c>null</c> when the place is empty or absent.</summary>
    /// <exception cref="AgeException">It is there and unusable.</exception>
    public Task<IReadOnlyList<AgeIdentity>?> LoadAsync(string recipient, CancellationToken cancellationToken) => load(recipient, cancellationToken);

    /// <summary>A source that is read at most once.</summary>
    public static AgeIdentitySource Once(string location, Func<IReadOnlyList<AgeIdentity>?> load)
    {
        var identities = new Lazy<IReadOnlyList<AgeIdentity>?>(load);
        return new(location, (_, _) => Task.FromResult(identities.Value));
    }
}
