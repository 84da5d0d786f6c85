using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets;

/// <summary>Reads and writes scopes: as annotations of an object and as the words of the command line.</summary>
public static class SealingScopes
{
    /// <summary>The scope that an object's <c>metadata</c> declares.</summary>
    /// <remarks>Only the exact text <c>true</c> counts, and cluster-wide wins when both annotations are there. The template's annotations say nothing.</remarks>
    public static SealingScope Of(JsonObject? metadata)
    {
        var annotations = metadata?["annotations"] as JsonObject;
        if (IsTrue(annotations, SealedSecretAnnotations.ClusterWide))
        {
            return SealingScope.ClusterWide;
        }

        return IsTrue(annotations, SealedSecretAnnotations.NamespaceWide) ? SealingScope.NamespaceWide : SealingScope.Strict;
    }

    /// <summary>Makes annotations declare a scope and no other.</summary>
    public static void Declare(JsonObject annotations, SealingScope scope)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        annotations.Remove(SealedSecretAnnotations.ClusterWide);
        annotations.Remove(SealedSecretAnnotations.NamespaceWide);
        if (AnnotationOf(scope) is { } annotation)
        {
            annotations[annotation] = "true";
        }
    }

    /// <summary>The annotation that declares a scope; none for strict.</summary>
    public static string? AnnotationOf(SealingScope scope) => scope switch
    {
        SealingScope.ClusterWide => SealedSecretAnnotations.ClusterWide,
        SealingScope.NamespaceWide => SealedSecretAnnotations.NamespaceWide,
        _ => null,
    };

    /// <summary>Reads <c>strict</c>, <c>namespace-wide</c> or <c>cluster-wide</c>; an empty text is strict.</summary>
    public static bool TryParse(string text, out SealingScope scope)
    {
        (scope, var isKnown) = text switch
        {
            "" or "strict" => (SealingScope.Strict, true),
            "namespace-wide" => (SealingScope.NamespaceWide, true),
            "cluster-wide" => (SealingScope.ClusterWide, true),
            _ => (SealingScope.Strict, false),
        };
        return isKnown;
    }

    /// <summary>The word of the command line for a scope.</summary>
    public static string NameOf(SealingScope scope) => scope switch
    {
        SealingScope.ClusterWide => "cluster-wide",
        SealingScope.NamespaceWide => "namespace-wide",
        _ => "strict",
    };

    internal static bool IsTrue(JsonObject? annotations, string name) =>
        annotations?[name] is JsonValue value && value.TryGetValue(out string? text) && text == "true";
}
