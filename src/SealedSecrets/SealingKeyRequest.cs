namespace SecretsOps.SealedSecrets;

/// <summary>What a new sealing key shall be; the defaults are upstream's.</summary>
public sealed record SealingKeyRequest
{
    /// <summary>Modulus size in bits (<c>--key-size</c>).</summary>
    public int KeySize { get; init; } = 4096;

    /// <summary>The certificate's validity (<c>--key-ttl</c>).</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromHours(87600);

    /// <summary>The certificate's common name (<c>--my-cn</c>); empty gives an empty subject.</summary>
    public string CommonName { get; init; } = "";
}
