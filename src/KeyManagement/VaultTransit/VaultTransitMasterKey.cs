namespace SecretsOps.KeyManagement.VaultTransit;

/// <summary>A key of the transit engine of HashiCorp Vault or OpenBao.</summary>
public sealed record VaultTransitMasterKey(string VaultAddress, string EnginePath, string KeyName) : MasterKey
{
    /// <inheritdoc/>
    public override string TypeName => "hc_vault";

    /// <inheritdoc/>
    public override string Identity => $"{VaultAddress}/v1/{EnginePath}/keys/{KeyName}";

    /// <summary>Reads <c>https://HOST[:PORT]/v1/ENGINE/keys/NAME</c>; the engine's path may have several segments.</summary>
    /// <exception cref="FormatException">The text is not such a URI.</exception>
    public static VaultTransitMasterKey Parse(string uri)
    {
        var trimmed = uri.Trim();
        if (!Uri.TryCreate(trimmed, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw Malformed(trimmed);
        }

        var segments = parsed.AbsolutePath.Trim('/').Split('/');
        if (segments is not ["v1", _, .., "keys", { Length: > 0 } name] || segments.Length < 4)
        {
            throw Malformed(trimmed);
        }

        return new(parsed.GetLeftPart(UriPartial.Authority), string.Join('/', segments[1..^2]), name);
    }

    /// <summary>Reads a comma-separated list of key URIs.</summary>
    /// <exception cref="FormatException">One of them is not a key URI.</exception>
    public static IReadOnlyList<VaultTransitMasterKey> ParseList(string text) => [.. KeyList.Split(text).Select(Parse)];

    private static FormatException Malformed(string uri) =>
        new($"'{uri}' is not a key of a Vault transit engine: expected https://HOST:PORT/v1/ENGINE/keys/NAME");
}
