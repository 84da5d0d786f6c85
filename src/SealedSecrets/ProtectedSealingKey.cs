using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Aead;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

// What:   a sealing key whose private half lies in its Secret under a master key (docs/reference/protected-sealing-keys.md).
// Layout: data["tls.crt"] as ever; data["tls.key"] = UTF-8 JSON
//         { "secretsops.io/wrapped-key": 1, "masterKeys": [ { "type", "key", "wrappedDataKey" }, … ], "nonce", "ciphertext" }
//         ciphertext = AES-256-GCM(data key, nonce of 12 bytes, "secretsops.io/wrapped-key/1\n" + fingerprint; PEM), tag last.
// Type:   stays kubernetes.io/tls, since a Secret's type cannot change: migration is one update, in place.
// Any one of the master keys opens it. KMS do not do RSA-OAEP with a label, so the key is unwrapped into memory and used there.

/// <summary>Keeps the private half of a sealing key wrapped by master keys of a KMS, Vault, age or PGP; in the clear only in memory.</summary>
public static class ProtectedSealingKey
{
    private const string Marker = "secretsops.io/wrapped-key";
    private const int Version = 1;
    private const int DataKeySize = 32;
    private const int NonceSize = 12;

    /// <summary>Whether a <c>tls.key</c> entry holds a wrapped key.</summary>
    public static bool IsProtected(ReadOnlySpan<byte> privateKeyEntry) =>
        privateKeyEntry.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && privateKeyEntry.IndexOf("\"secretsops.io/wrapped-key\""u8) >= 0;

    /// <summary>Whether a key Secret holds a wrapped key.</summary>
    public static bool IsProtected(KubernetesObject secret) =>
        secret?.Find("data", SealingKeySecret.PrivateKeyEntry) is not null && IsProtected(SealingKey.Entry(secret, SealingKeySecret.PrivateKeyEntry));

    /// <summary>Wraps a private key for every one of <paramref name="masterKeys"/>; the result is the <c>tls.key</c> entry.</summary>
    /// <exception cref="MasterKeyException">A master key could not be used.</exception>
    public static async Task<byte[]> ProtectAsync(
        ReadOnlyMemory<byte> privateKeyPem, SealingCertificate certificate, IReadOnlyList<MasterKey> masterKeys, IKeyService keyService, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(masterKeys);
        ArgumentNullException.ThrowIfNull(keyService);
        ArgumentOutOfRangeException.ThrowIfZero(masterKeys.Count);
        using var dataKey = SecretBytes.Random(DataKeySize);
        var wrapped = new JsonArray();
        foreach (var named in masterKeys)
        {
            var masterKey = await keyService.PinAsync(named, cancellationToken).ConfigureAwait(false);
            wrapped.Add((JsonNode)new JsonObject
            {
                ["type"] = masterKey.TypeName,
                ["key"] = masterKey.Identity,
                ["wrappedDataKey"] = await keyService.WrapAsync(masterKey, dataKey.Memory, cancellationToken).ConfigureAwait(false),
            });
        }

        var nonce = RandomNumberGenerator.GetBytes(NonceSize);
        return GoJson.Compact(new JsonObject
        {
            [Marker] = Version,
            ["masterKeys"] = wrapped,
            ["nonce"] = Convert.ToBase64String(nonce),
            ["ciphertext"] = Convert.ToBase64String(Encrypt(dataKey, nonce, certificate, privateKeyPem.Span)),
        });
    }

    /// <summary>Reads a key Secret, wrapped or not.</summary>
    /// <exception cref="SealingKeyException">No master key opens it, or a part is unusable.</exception>
    public static async Task<SealingKey> OpenAsync(KubernetesObject secret, IKeyService keyService, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(keyService);
        if (!IsProtected(secret))
        {
            return SealingKey.FromSecret(secret);
        }

        using var pem = await UnwrapAsync(secret, keyService, cancellationToken).ConfigureAwait(false);
        return SealingKey.FromPem(secret, pem.Span);
    }

    /// <summary>The key Secret with its private half wrapped for these master keys: one update migrates it, and the same call changes the master keys.</summary>
    /// <exception cref="SealingKeyException">The key cannot be read.</exception>
    /// <exception cref="MasterKeyException">A master key could not be used.</exception>
    public static async Task<KubernetesObject> MigrateAsync(
        KubernetesObject secret, IReadOnlyList<MasterKey> masterKeys, IKeyService keyService, CancellationToken cancellationToken)
    {
        using var pem = await ReadPemAsync(secret, keyService, cancellationToken).ConfigureAwait(false);
        using var key = SealingKey.FromPem(secret, pem.Span); // an unusable key must not be hidden behind a wrapping
        var entry = await ProtectAsync(pem.Memory, key.Certificate, masterKeys, keyService, cancellationToken).ConfigureAwait(false);
        return WithEntry(secret, entry);
    }

    /// <summary>The key Secret with its private half in the clear again: the way back to a controller that knows no wrapping.</summary>
    /// <exception cref="SealingKeyException">No master key opens it.</exception>
    public static async Task<KubernetesObject> RevertAsync(KubernetesObject secret, IKeyService keyService, CancellationToken cancellationToken)
    {
        using var pem = await ReadPemAsync(secret, keyService, cancellationToken).ConfigureAwait(false);
        return WithEntry(secret, pem.Span);
    }

    private static async Task<SecretBytes> ReadPemAsync(KubernetesObject secret, IKeyService keyService, CancellationToken cancellationToken)
    {
        if (IsProtected(secret))
        {
            return await UnwrapAsync(secret, keyService, cancellationToken).ConfigureAwait(false);
        }

        var entry = SealingKey.Entry(secret, SealingKeySecret.PrivateKeyEntry);
        var pem = new SecretBytes(entry);
        CryptographicOperations.ZeroMemory(entry);
        return pem;
    }

    private static async Task<SecretBytes> UnwrapAsync(KubernetesObject secret, IKeyService keyService, CancellationToken cancellationToken)
    {
        var envelope = Parse(secret);
        var certificate = SealingCertificate.Parse(SealingKey.Entry(secret, SealingKeySecret.CertificateEntry));
        var failures = new List<string>();
        foreach (var entry in envelope["masterKeys"] as JsonArray ?? [])
        {
            try
            {
                var masterKey = MasterKeyReference.Parse(TextOf(entry, "type"), TextOf(entry, "key"));
                using var dataKey = await keyService.UnwrapAsync(masterKey, TextOf(entry, "wrappedDataKey"), cancellationToken).ConfigureAwait(false);
                return Decrypt(secret, envelope, dataKey, certificate);
            }
            catch (Exception refused) when (refused is MasterKeyException or FormatException)
            {
                failures.Add(refused.Message);
            }
        }

        throw new SealingKeyException($"{secret}: no master key opens the private key: {string.Join("; ", failures)}");
    }

    private static JsonNode Parse(KubernetesObject secret)
    {
        try
        {
            var envelope = JsonNode.Parse(SealingKey.Entry(secret, SealingKeySecret.PrivateKeyEntry));
            return (envelope as JsonObject)?[Marker] is JsonValue version && version.TryGetValue(out int number) && number == Version
                ? envelope!
                : throw new SealingKeyException($"{secret}: the wrapped private key has an unknown version; expected {Version}");
        }
        catch (JsonException broken)
        {
            throw new SealingKeyException($"{secret}: the wrapped private key is not valid JSON", broken);
        }
    }

    private static byte[] Encrypt(SecretBytes dataKey, byte[] nonce, SealingCertificate certificate, ReadOnlySpan<byte> pem)
    {
        var ciphertext = new byte[pem.Length + AesGcmCipher.TagSize];
        using var aes = new AesGcmCipher(dataKey.Span);
        aes.Encrypt(nonce, AssociatedData(certificate), pem, ciphertext.AsSpan(0, pem.Length), ciphertext.AsSpan(pem.Length));
        return ciphertext;
    }

    private static SecretBytes Decrypt(KubernetesObject secret, JsonNode envelope, SecretBytes dataKey, SealingCertificate certificate)
    {
        var nonce = Convert.FromBase64String(TextOf(envelope, "nonce"));
        var ciphertext = Convert.FromBase64String(TextOf(envelope, "ciphertext"));
        if (ciphertext.Length >= AesGcmCipher.TagSize && dataKey.Length == DataKeySize)
        {
            var pem = new SecretBytes(ciphertext.Length - AesGcmCipher.TagSize);
            using var aes = new AesGcmCipher(dataKey.Span);
            if (aes.TryDecrypt(nonce, AssociatedData(certificate), ciphertext.AsSpan(0, pem.Length), ciphertext.AsSpan(pem.Length), pem.Span))
            {
                return pem;
            }

            pem.Dispose();
        }

        throw new SealingKeyException($"{secret}: the wrapped private key is damaged or belongs to another certificate");
    }

    private static string TextOf(JsonNode? parent, string name) =>
        (parent as JsonObject)?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static byte[] AssociatedData(SealingCertificate certificate) => Encoding.UTF8.GetBytes($"{Marker}/{Version}\n{certificate.Fingerprint}");

    private static KubernetesObject WithEntry(KubernetesObject secret, ReadOnlySpan<byte> entry)
    {
        var result = secret.DeepClone();
        result.Json["data"]![SealingKeySecret.PrivateKeyEntry] = Convert.ToBase64String(entry);
        return result;
    }
}
