namespace SecretsOps.KeyManagement.OpenPgp;

/// <summary>An OpenPGP key by its fingerprint; a trailing <c>!</c> selects exactly that subkey.</summary>
public sealed record OpenPgpMasterKey(string Fingerprint) : MasterKey
{
    /// <summary>The fingerprint without spaces.</summary>
    public string Fingerprint { get; } = Fingerprint.Replace(" ", "", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string TypeName => "pgp";

    /// <inheritdoc/>
    public override string Identity => Fingerprint;

    /// <summary>Reads a comma-separated list of fingerprints.</summary>
    public static IReadOnlyList<OpenPgpMasterKey> ParseList(string text) =>
        [.. KeyList.Split(text).Select(fingerprint => new OpenPgpMasterKey(fingerprint))];
}
