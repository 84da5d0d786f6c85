using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>One key of a controller: private key, certificate, and the Secret that keeps them.</summary>
public sealed class SealingKey : IDisposable
{
    private readonly SealingCertificate? _certificate;

    /// <summary>Makes a key from its parts.</summary>
    public SealingKey(NamespacedName source, SealingCertificate certificate, SealingPrivateKey privateKey, DateTimeOffset created)
        : this(source, privateKey, certificate, created)
    {
    }

    private SealingKey(NamespacedName source, SealingPrivateKey privateKey, SealingCertificate? certificate, DateTimeOffset created)
    {
        Source = source;
        PrivateKey = privateKey;
        _certificate = certificate;
        Created = created;
    }

    /// <summary>The key Secret it came from.</summary>
    public NamespacedName Source { get; }

    /// <summary>Its certificate.</summary>
    /// <exception cref="InvalidOperationException">The key was read for recovery, from a bare PEM file.</exception>
    public SealingCertificate Certificate => _certificate ?? throw new InvalidOperationException($"The key {Source} was read without its certificate.");

    /// <summary>When its certificate began; the beginning of time where there is none.</summary>
    public DateTimeOffset NotBefore => _certificate?.NotBefore ?? DateTimeOffset.UnixEpoch;

    /// <summary>Its private half.</summary>
    public SealingPrivateKey PrivateKey { get; }

    /// <summary>When its Secret was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>The fingerprint, <c>SHA256:…</c>.</summary>
    public string Fingerprint => PrivateKey.PublicKey.Fingerprint;

    /// <summary>Reads a key Secret: <c>tls.crt</c> and <c>tls.key</c>.</summary>
    /// <exception cref="SealingKeyException">A part is missing or unusable, or the key is wrapped by a KMS (see <see cref="ProtectedSealingKey"/>).</exception>
    public static SealingKey FromSecret(KubernetesObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var pem = Entry(secret, SealingKeySecret.PrivateKeyEntry);
        try
        {
            return FromPem(secret, pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Makes a key that can open but has no certificate: for recovery from a PEM file.</summary>
    public static SealingKey WithoutCertificate(NamespacedName source, SealingPrivateKey privateKey) =>
        new(source, privateKey, null, DateTimeOffset.UnixEpoch);

    /// <summary>Reads a key Secret for recovery: only <c>tls.key</c> has to be there.</summary>
    /// <exception cref="SealingKeyException">The private key is missing or unusable.</exception>
    public static SealingKey ForRecovery(KubernetesObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Find("data", SealingKeySecret.CertificateEntry) is not null)
        {
            return FromSecret(secret);
        }

        var pem = Entry(secret, SealingKeySecret.PrivateKeyEntry);
        try
        {
            return WithoutCertificate(secret.NamespacedName, SealingPrivateKey.FromPem(pem));
        }
        catch (CryptographicException broken)
        {
            throw new SealingKeyException($"{secret}: {broken.Message}", broken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Releases the private key.</summary>
    public void Dispose() => PrivateKey.Dispose();

    /// <summary>Name and fingerprint.</summary>
    public override string ToString() => $"{Source} ({Fingerprint})";

    internal static SealingKey FromPem(KubernetesObject secret, ReadOnlySpan<byte> privateKeyPem)
    {
        if (ProtectedSealingKey.IsProtected(privateKeyPem))
        {
            throw new SealingKeyException($"{secret}: the private key is wrapped by a master key; expected access to its KMS or Vault");
        }

        try
        {
            var certificate = SealingCertificate.Parse(Entry(secret, SealingKeySecret.CertificateEntry));
            var privateKey = SealingPrivateKey.FromPem(privateKeyPem);
            return certificate.PublicKey.Matches(privateKey.PublicKey)
                ? new(secret.NamespacedName, certificate, privateKey, CreatedOf(secret))
                : throw new SealingKeyException($"{secret}: the certificate in 'tls.crt' does not belong to the private key in 'tls.key'");
        }
        catch (Exception broken) when (broken is CryptographicException or SealingCertificateException)
        {
            throw new SealingKeyException($"{secret}: {broken.Message}", broken);
        }
    }

    internal static byte[] Entry(KubernetesObject secret, string name)
    {
        if (secret.Json["data"] is JsonObject data && data[name] is JsonValue value && value.TryGetValue(out string? text))
        {
            return SealedBase64.TryDecode(Encoding.UTF8.GetBytes(text), out var bytes, out var offset)
                ? bytes
                : throw new SealingKeyException($"{secret}: '{name}' is not base64 ({SealedBase64.ErrorAt(offset)})");
        }

        throw new SealingKeyException($"{secret}: there is no '{name}'; expected a Secret of type kubernetes.io/tls with 'tls.crt' and 'tls.key'");
    }

    private static DateTimeOffset CreatedOf(KubernetesObject secret) =>
        secret.Metadata["creationTimestamp"] is JsonValue value && value.TryGetValue(out string? text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created)
            ? created
            : DateTimeOffset.UnixEpoch;
}
