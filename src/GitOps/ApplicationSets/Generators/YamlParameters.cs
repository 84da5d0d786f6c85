using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>Reads parameter sets out of YAML or JSON text.</summary>
internal static class YamlParameters
{
    /// <summary>One object, or a list of objects.</summary>
    /// <exception cref="ApplicationSetException">The text is neither; the message begins with <paramref name="source"/>.</exception>
    public static IReadOnlyList<JsonObject> Read(ReadOnlyMemory<byte> utf8, string source) => Document(utf8, source) switch
    {
        JsonObject one => [one],
        JsonArray list when list.All(item => item is JsonObject) => [.. list.Cast<JsonObject>()],
        _ => throw new ApplicationSetException($"{source}: expected an object or a list of objects."),
    };

    /// <summary>The one document of a YAML or JSON text; null when the text is empty.</summary>
    /// <exception cref="ApplicationSetException">The text is malformed, or holds several documents.</exception>
    public static JsonNode? Document(ReadOnlyMemory<byte> utf8, string source)
    {
        try
        {
            return ManifestReader.ReadDocuments(utf8, source) switch
            {
                [] => null,
                [var only] => only.Root,
                _ => throw new ApplicationSetException($"{source}: expected one document."),
            };
        }
        catch (ManifestException malformed)
        {
            throw new ApplicationSetException(malformed.Message, malformed);
        }
    }

    /// <inheritdoc cref="Document(ReadOnlyMemory{byte}, string)"/>
    public static JsonNode? Document(string text, string source) => Document(Encoding.UTF8.GetBytes(text), source);
}
