using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Opened values as YAML to read and edit: text under <c>stringData</c>, bytes that are no text as base64 under <c>data</c>.</summary>
internal static class ClearText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal static byte[] Write(UnsealResult unsealed)
    {
        var (texts, bytes) = (new JsonObject(), new JsonObject());
        foreach (var item in unsealed.Items)
        {
            if (TextOf(item.Value.Span) is { } text)
            {
                texts[item.Name] = text;
            }
            else
            {
                bytes[item.Name] = Convert.ToBase64String(item.Value.Span);
            }
        }

        var root = new JsonObject();
        if (bytes.Count > 0)
        {
            root["data"] = bytes;
        }

        root["stringData"] = texts;
        return YamlText.FromJson(root);
    }

    /// <summary>Reads the YAML back.</summary>
    /// <exception cref="ManifestException">It is not YAML.</exception>
    /// <exception cref="SecretFormatException">A value is neither text nor base64.</exception>
    internal static PlainSecret Read(byte[] yaml)
    {
        var root = YamlText.ToJson(yaml, "the edited text") is [var first, ..] ? first.Root as JsonObject ?? [] : [];
        return PlainSecret.Read(new KubernetesObject(root));
    }

    private static string? TextOf(ReadOnlySpan<byte> value)
    {
        try
        {
            var text = Strict.GetString(value);
            return text.Any(character => character < ' ' && character is not ('\n' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
