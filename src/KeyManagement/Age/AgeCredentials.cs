namespace SecretsOps.KeyManagement.Age;

/// <summary>Where age identities come from; all sources are merged.</summary>
public sealed record AgeCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    internal IReadOnlyList<AgeIdentitySource> Sources { get; init; } = [];

    /// <summary>All <c>SOPS_AGE_*</c> variables, the SSH keys and <c>sops/age/keys.txt</c>.</summary>
    public static AgeCredentials FromEnvironment(KeyEnvironment environment) =>
        new() { Environment = environment, Sources = SopsAgeSources.All(environment) };

    /// <summary>Identity files by name, as the <c>*.agekey</c> entries of a Secret.</summary>
    public static AgeCredentials FromFiles(IEnumerable<KeyValuePair<string, byte[]>> files, KeyEnvironment? environment = null)
    {
        var credentials = environment is null ? new AgeCredentials() : new AgeCredentials { Environment = environment };
        var reader = new AgeIdentityFile(credentials.Environment);
        return credentials with
        {
            Sources = [.. files.Select(file => AgeIdentitySource.Once(file.Key, () => reader.Read(file.Value, file.Key)))],
        };
    }
}
