using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Reads the fields of an <c>argoproj.io/v1alpha1</c> ApplicationSet.</summary>
public sealed class ApplicationSetSpec(KubernetesObject applicationSet)
{
    private JsonObject Spec => applicationSet.Json["spec"] as JsonObject ?? [];

    /// <summary>The object itself.</summary>
    public KubernetesObject Object => applicationSet;

    /// <summary>Whether strings are Go templates; else <c>{{name}}</c> is replaced textually.</summary>
    public bool UsesGoTemplate => IsTrue(Spec["goTemplate"]);

    /// <summary>Options such as <c>missingkey=error</c>.</summary>
    public IReadOnlyList<string> GoTemplateOptions => Strings(Spec["goTemplateOptions"]);

    /// <summary>The generators, in order.</summary>
    public IReadOnlyList<JsonObject> Generators => Objects(Spec["generators"]);

    /// <summary>The Application to make of each parameter set.</summary>
    public JsonObject Template => Spec["template"] as JsonObject ?? [];

    /// <summary>A patch, rendered with the same parameters, put over the rendered template; or null.</summary>
    public string? TemplatePatch => Text(Spec["templatePatch"]);

    /// <summary>Whether the Applications' resources stay when the set, or an Application of it, goes.</summary>
    public bool PreservesResourcesOnDeletion => IsTrue(Spec["syncPolicy"]?["preserveResourcesOnDeletion"]);

    /// <summary>What may be done to Applications: create, update, delete.</summary>
    /// <exception cref="ApplicationSetException">The policy is none of the four.</exception>
    public ApplicationSetPolicy Policy => ApplicationSetPolicy.Parse(Text(Spec["syncPolicy"]?["applicationsSync"]) ?? "sync");

    /// <summary>Annotations of live Applications that are left alone.</summary>
    public IReadOnlyList<string> PreservedAnnotations => Strings(Spec["preservedFields"]?["annotations"]);

    /// <summary>Labels of live Applications that are left alone.</summary>
    public IReadOnlyList<string> PreservedLabels => Strings(Spec["preservedFields"]?["labels"]);

    /// <summary>Fields of live Applications that are left alone: <c>name</c>, <c>jsonPointers</c>, <c>jqPathExpressions</c>.</summary>
    public IReadOnlyList<JsonObject> IgnoredApplicationDifferences => Objects(Spec["ignoreApplicationDifferences"]);

    internal static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    internal static IReadOnlyList<string> Strings(JsonNode? node) =>
        node is JsonArray list ? [.. list.Select(Text).OfType<string>()] : [];

    internal static IReadOnlyList<JsonObject> Objects(JsonNode? node) =>
        node is JsonArray list ? [.. list.OfType<JsonObject>()] : [];
}
