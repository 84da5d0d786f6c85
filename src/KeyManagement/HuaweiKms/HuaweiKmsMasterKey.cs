namespace SecretsOps.KeyManagement.HuaweiKms;

/// <summary>A key of Huawei Cloud KMS: <c>REGION:UUID</c>.</summary>
public sealed record HuaweiKmsMasterKey(string KeyId) : MasterKey
{
    /// <inheritdoc/>
    public override string TypeName => "hckms";

    /// <inheritdoc/>
    public override string Identity => KeyId;

    /// <summary>The region before the colon.</summary>
    /// <exception cref="FormatException">The id has no region.</exception>
    public string Region => Parts(KeyId).Region;

    /// <summary>The id after the colon, as the service knows it.</summary>
    /// <exception cref="FormatException">The id has no region.</exception>
    public string KeyUuid => Parts(KeyId).Uuid;

    /// <summary>Reads <c>REGION:UUID</c>.</summary>
    /// <exception cref="FormatException">The text has another shape.</exception>
    public static HuaweiKmsMasterKey Parse(string text)
    {
        var (region, uuid) = Parts(text.Trim());
        return new($"{region}:{uuid}");
    }

    /// <summary>Reads a comma-separated list of key ids.</summary>
    /// <exception cref="FormatException">One of them has another shape.</exception>
    public static IReadOnlyList<HuaweiKmsMasterKey> ParseList(string text) => [.. KeyList.Split(text).Select(Parse)];

    private static (string Region, string Uuid) Parts(string keyId) => keyId.Split(':') switch
    {
        [{ Length: > 0 } region, { Length: > 0 } uuid] => (region, uuid),
        _ => throw new FormatException($"'{keyId}' is not a key of Huawei Cloud KMS: expected REGION:UUID"),
    };
}
