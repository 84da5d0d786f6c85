using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets.Files;

/// <summary>A file of SealedSecrets that can be changed value by value: YAML keeps its comments and layout, JSON its order.</summary>
public sealed class SealedSecretFile
{
    private readonly YamlSplicer? _yaml;

    private SealedSecretFile(YamlSplicer? yaml) => _yaml = yaml;

    /// <summary>The SealedSecrets of the file, in order; documents of other kinds are left alone and not listed.</summary>
    public IReadOnlyList<SealedSecretDocument> Documents { get; private init; } = [];

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="ManifestException">It is neither YAML nor JSON.</exception>
    public static SealedSecretFile Parse(ReadOnlyMemory<byte> utf8, string sourceName)
    {
        var all = ManifestReader.ReadDocuments(utf8, sourceName, DuplicateKeys.LastWins);
        var isJson = utf8.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var yaml = isJson ? null : new YamlSplicer(Encoding.UTF8.GetString(utf8.Span));
        var roots = new List<JsonNode?>(all.Select(document => document.Root));
        var documents = new List<SealedSecretDocument>();
        for (var i = 0; i < roots.Count; i++)
        {
            if (roots[i] is JsonObject json && IsSealedSecret(json))
            {
                documents.Add(new SealedSecretDocument(new KubernetesObject(json), i, yaml));
            }
        }

        return new SealedSecretFile(yaml) { Documents = documents, Roots = roots };
    }

    private List<JsonNode?> Roots { get; init; } = [];

    /// <summary>The text with all changes.</summary>
    public string ToText() => _yaml?.Text ?? string.Concat(Roots.Select(root => Encoding.UTF8.GetString(GoJson.Indented(root))));

    // Compatibility: kubeseal takes an object without a kind for what it expects.
    private static bool IsSealedSecret(JsonObject json) =>
        new KubernetesObject(json) is var document && (document.Kind == SealedSecret.Kind || (document.Kind.Length == 0 && document.Find("spec", "encryptedData") is JsonObject));
}
