using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>A SealedSecret as unsealing sees it: a typed view of one object.</summary>
/// <remarks>Compatibility: upstream swallows what it cannot decode, so an item that is no text counts as an empty one, and a map that is no map as an empty map.</remarks>
public sealed class SealedSecret
{
    /// <summary>The kind.</summary>
    public const string Kind = "SealedSecret";

    /// <summary>The group and version.</summary>
    public const string ApiVersion = "bitnami.com/v1alpha1";

    /// <summary>Looks at an object; it is not copied.</summary>
    public SealedSecret(KubernetesObject source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Object = source;
        EncryptedData = Texts(Spec?["encryptedData"] as JsonObject);
    }

    /// <summary>The object itself.</summary>
    public KubernetesObject Object { get; }

    /// <summary>Its namespace.</summary>
    public string Namespace => Object.Namespace;

    /// <summary>Its name.</summary>
    public string Name => Object.Name;

    /// <summary>The scope its metadata declares.</summary>
    public SealingScope Scope => SealingScopes.Of(Object.Json["metadata"] as JsonObject);

    /// <summary>The sealed values, base64, by item name in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> EncryptedData { get; }

    /// <summary>The one sealed blob of releases before 0.7, or null.</summary>
    public string? DeprecatedData => Spec?["data"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary><c>spec.template</c>, or null.</summary>
    public JsonObject? Template => Spec?["template"] as JsonObject;

    /// <summary>Fingerprints of the keys it was probably sealed with: our annotation first, then what the controller noted in its status.</summary>
    public IReadOnlyList<string> KeyHints => [.. Fingerprints(Object.Annotation(SealedSecretAnnotations.SealedWith)).Concat(StatusHints()).Distinct(StringComparer.Ordinal)];

    private JsonObject? Spec => Object.Json["spec"] as JsonObject;

    /// <summary>The label its values are bound to.</summary>
    public byte[] Label() => EncryptionLabel.For(Scope, Namespace, Name);

    /// <summary>Namespace and name.</summary>
    public override string ToString() => $"{Kind}/{Object.NamespacedName}";

    private IEnumerable<string> StatusHints() => (Object.Json["status"] as JsonObject)?["sealedWith"] switch
    {
        JsonValue value when value.TryGetValue(out string? text) => Fingerprints(text),
        JsonArray list => list.OfType<JsonValue>().Select(value => value.TryGetValue(out string? text) ? text : "").Where(text => text.Length > 0),
        _ => [],
    };

    private static string[] Fingerprints(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static SortedDictionary<string, string> Texts(JsonObject? map)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, node) in map ?? [])
        {
            texts[name] = node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
        }

        return texts;
    }
}
