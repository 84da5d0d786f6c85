namespace SecretsOps.KeyManagement;

/// <summary>A key outside the file that wraps its data key: an age recipient, a PGP key, a key of a cloud's KMS.</summary>
/// <remarks>It names the key and holds no secret; the credentials to use it are in <see cref="KeyCredentials"/>.</remarks>
public abstract record MasterKey
{
    /// <summary>The name of its list in a file's metadata: <c>age</c>, <c>pgp</c>, <c>kms</c>, <c>gcp_kms</c>, <c>azure_kv</c>, <c>hc_vault</c>, <c>hckms</c>, <c>acs_kms</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>The text by which SOPS tells two keys of one type apart.</summary>
    public abstract string Identity { get; }

    /// <summary>The <see cref="Identity"/>.</summary>
    public sealed override string ToString() => Identity;
}
