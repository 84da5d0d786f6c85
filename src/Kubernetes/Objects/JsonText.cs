using System.Text.Json;
using System.Text.Unicode;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>Refuses JSON whose texts are no Unicode: the parser is lazy and would fail only when somebody reads them.</summary>
internal static class JsonText
{
    /// <exception cref="JsonException">The bytes are not UTF-8, or a text has half a surrogate pair.</exception>
    internal static void Check(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("the text is not UTF-8");
        }

        if (utf8.IndexOf("\\ud"u8) >= 0 || utf8.IndexOf("\\uD"u8) >= 0)
        {
            CheckEscapes(utf8);
        }
    }

    private static void CheckEscapes(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = KubernetesObject.MaxDepth, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text has half a surrogate pair", e);
        }
    }
}
