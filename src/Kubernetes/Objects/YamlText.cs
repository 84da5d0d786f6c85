using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>What to do with a key that stands twice in one mapping.</summary>
public enum DuplicateKeys
{
    /// <summary>Refuse the document.</summary>
    Reject,

    /// <summary>Take the last one, as kubectl and kubeseal do.</summary>
    LastWins,
}

/// <summary>Reads and writes YAML as sigs.k8s.io/yaml does: YAML 1.1 scalars in, JSON values between, sorted keys out.</summary>
public static class YamlText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads every document of a YAML stream; an empty document is null.</summary>
    /// <exception cref="ManifestException">The text is not YAML, or holds what JSON cannot.</exception>
    public static IReadOnlyList<YamlDocument> ToJson(
        ReadOnlyMemory<byte> utf8, string sourceName, DuplicateKeys duplicateKeys = DuplicateKeys.Reject)
    {
        var text = Decode(utf8.Span, sourceName);
        var documents = new List<YamlDocument>();
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        try
        {
            parser.Consume<StreamStart>();
            while (parser.Accept<DocumentStart>(out var start))
            {
                var composer = new YamlComposer(parser, sourceName, documents.Count + 1, duplicateKeys);
                documents.Add(new YamlDocument(composer.ReadDocument(), documents.Count + 1, start.End.Line));
            }

            return documents;
        }
        catch (YamlException e)
        {
            throw new ManifestException(sourceName, documents.Count + 1, e.Start.Line, Sentence(e), e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // YamlDotNet's scanner stumbles over some broken texts instead of refusing them; the fuzz test found these ways.
            throw new ManifestException(sourceName, documents.Count + 1, parser.Current?.End.Line ?? 1, "the text is not YAML", e);
        }
    }

    /// <summary>Writes one document with sorted keys, without <c>---</c>.</summary>
    public static byte[] FromJson(JsonNode? root) => new YamlEmitter().Write(root);

    private static string Decode(ReadOnlySpan<byte> utf8, string sourceName)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        var line = 1;
        foreach (var b in utf8)
        {
            line += b == '\n' ? 1 : 0;
            if (b is < 0x20 and not ((byte)'\n' or (byte)'\r' or (byte)'\t') or 0x7F)
            {
                throw new ManifestException(sourceName, 0, line, "control characters are not allowed in YAML");
            }
        }

        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            var before = utf8[..e.Index].Count((byte)'\n') + 1;
            throw new ManifestException(sourceName, 0, before, "the text is not UTF-8", e);
        }
    }

    // YamlDotNet prefixes its own position and may quote the text at fault, which may be secret: keep the first sentence.
    private static string Sentence(YamlException e)
    {
        var message = e.InnerException is null ? e.Message : e.InnerException.Message;
        var position = message.IndexOf("): ", StringComparison.Ordinal);
        return message.StartsWith('(') && position >= 0 ? message[(position + 3)..].TrimEnd('.') : message.TrimEnd('.');
    }
}

/// <summary>One document of a stream.</summary>
/// <param name="Root">The value, or null when the document is empty.</param>
/// <param name="Number">Position in the stream, from 1.</param>
/// <param name="Line">Line where it starts, from 1.</param>
public sealed record YamlDocument(JsonNode? Root, int Number, long Line)
{
    /// <summary>The position only: the document may be a Secret.</summary>
    public override string ToString() => $"document {Number}";
}
