using System.Security.Cryptography;
using System.Text;
using SecretsOps.GitOps.Clusters;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Webhooks;

/// <summary>The secrets that senders share with us: keys of the Secret <c>argocd-secret</c>.</summary>
internal sealed class WebhookSecrets
{
    /// <summary>The Secret's name.</summary>
    public const string SecretName = "argocd-secret";

    private volatile SecretText? _data;

    /// <summary>Takes the Secret as it is now; null where there is none.</summary>
    public void Replace(KubernetesObject? secret) => _data = secret is null ? null : new SecretText(secret);

    /// <summary>Whether a shared word is exactly the configured one; false where none is.</summary>
    public bool IsWord(string key, string given)
    {
        var wanted = Encoding.UTF8.GetBytes(_data?[key] ?? "");
        return wanted.Length > 0 && CryptographicOperations.FixedTimeEquals(SHA256.HashData(wanted), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
    }

    /// <summary>Whether base64 of <c>name:password</c> is what is configured under two keys; false where no password is.</summary>
    public bool IsLogin(string nameKey, string passwordKey, string given)
    {
        var bytes = new byte[given.Length];
        return Convert.TryFromBase64String(given, bytes, out var length)
            && (_data?[passwordKey] ?? "").Length > 0
            && IsEqual($"{_data![nameKey]}:{_data[passwordKey]}", bytes.AsSpan(0, length));
    }

    private static bool IsEqual(string wanted, ReadOnlySpan<byte> given) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)), SHA256.HashData(given));

    /// <summary>Whether a hexadecimal HMAC-SHA256 of the body, with or without <c>sha256=</c> before it, was made with the configured secret.</summary>
    public bool IsSignature(string key, string given, ReadOnlySpan<byte> body)
    {
        var wanted = Encoding.UTF8.GetBytes(_data?[key] ?? "");
        var text = given.StartsWith("sha256=", StringComparison.OrdinalIgnoreCase) ? given["sha256=".Length..] : given;
        if (wanted.Length == 0 || text.Length != HMACSHA256.HashSizeInBytes * 2 || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(wanted, body), Convert.FromHexString(text));
    }
}
