using System.Text.Json.Nodes;
using SecretsOps.GitOps.Settings;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applications;

/// <summary>An <c>argoproj.io/v1alpha1</c> Application as the engine reads it.</summary>
internal sealed class Application(KubernetesObject value, string controlNamespace, EngineSettings? settings = null)
{
    private readonly JsonObject _spec = value.Json["spec"] as JsonObject ?? [];

    public KubernetesObject Object { get; } = value;

    /// <summary>What holds for every Application.</summary>
    public EngineSettings Settings { get; } = settings ?? EngineSettings.Default;

    public NamespacedName Key => Object.NamespacedName;

    /// <summary>The name inside tracking ids: plain in the control namespace, <c>namespace_name</c> elsewhere.</summary>
    public string InstanceName => Object.Namespace == controlNamespace ? Object.Name : $"{Object.Namespace}_{Object.Name}";

    public JsonObject Spec => _spec;

    public JsonObject Status => Object.Json["status"] as JsonObject ?? [];

    public string Project => _spec.TextAt("project") is { Length: > 0 } project ? project : "default";

    public bool HasManySources => _spec["sources"] is JsonArray { Count: > 0 };

    /// <summary>The sources in order; a list wins over the single one.</summary>
    public IReadOnlyList<ApplicationSource> Sources => HasManySources
        ? [.. _spec.ObjectsAt("sources").Select(source => new ApplicationSource(source) { Project = Project })]
        : _spec["source"] is JsonObject source ? [new ApplicationSource(source) { Project = Project }] : [];

    public Destination Destination => new(_spec["destination"] as JsonObject ?? []);

    public SyncPolicy SyncPolicy => new(_spec["syncPolicy"] as JsonObject ?? []);

    public SyncOptions SyncOptions => new(SyncPolicy.Options);

    public long RevisionHistoryLimit => _spec.NumberAt("revisionHistoryLimit") ?? 10;

    /// <summary>Its own rules and those for all.</summary>
    public IReadOnlyList<IgnoreRule> IgnoreRules => [.. Settings.IgnoreRules, .. _spec.ObjectsAt("ignoreDifferences").Select(rule => new IgnoreRule(rule))];

    public JsonObject? Operation => Object.Json["operation"] as JsonObject;

    public JsonObject? OperationState => Status["operationState"] as JsonObject;

    /// <summary>Whether an operation was asked for that has not begun.</summary>
    public bool AsksForOperation => Operation is not null && OperationState?.TextAt("phase") is not ("Running" or "Terminating");

    /// <summary>Whether what arrives sealed is to be opened here and applied as Secrets.</summary>
    public bool AsksToUnseal => Object.Annotation(Annotations.Unseal) == "true";

    public DateTimeOffset CreatedAt =>
        DateTimeOffset.TryParse(Object.Metadata.TextAt("creationTimestamp"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time : DateTimeOffset.MinValue;

    public IReadOnlyList<string> Finalizers => Object.Metadata.TextsAt("finalizers");

    /// <summary>The requested refresh: empty, <c>normal</c> or <c>hard</c>.</summary>
    public string RequestedRefresh => Object.Annotation(Annotations.Refresh) ?? "";
}

/// <summary><c>spec.destination</c>.</summary>
internal sealed record Destination(JsonObject Json)
{
    public const string InClusterServer = "https://kubernetes.default.svc";

    public string Server => Json.TextAt("server");

    public string Name => Json.TextAt("name");

    public string Namespace => Json.TextAt("namespace");
}

/// <summary>One entry of <c>spec.ignoreDifferences</c>: which objects, and which of their fields.</summary>
internal sealed record IgnoreRule(JsonObject Json)
{
    public IReadOnlyList<string> JsonPointers => Json.TextsAt("jsonPointers");

    public IReadOnlyList<string> JqPathExpressions => Json.TextsAt("jqPathExpressions");

    public IReadOnlyList<string> Managers => Json.TextsAt("managedFieldsManagers");

    public bool Covers(ObjectKey key) =>
        GlobPattern.IsMatch(Json.TextAt("group"), key.Group)
        && GlobPattern.IsMatch(Json.TextAt("kind"), key.Kind)
        && IsEmptyOr(Json.TextAt("name"), key.Name)
        && IsEmptyOr(Json.TextAt("namespace"), key.Namespace);

    private static bool IsEmptyOr(string wanted, string actual) => wanted.Length == 0 || wanted == actual;
}
