using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The rules of one kind that Kubernetes itself defines.</summary>
public sealed class BuiltInSchema : KindSchema
{
    /// <summary>Kinds whose spec changes count up <c>metadata.generation</c>.</summary>
    private static readonly HashSet<string> Generations =
    [
        "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Ingress", "IngressClass", "NetworkPolicy",
        "PodDisruptionBudget", "PriorityClass", "CustomResourceDefinition", "EndpointSlice", "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration", "FlowSchema", "PriorityLevelConfiguration", "ReplicationController", "Pod",
        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "PodTemplate",
    ];

    private readonly BuiltInType _type;

    private BuiltInSchema(BuiltInType type) => _type = type;

    /// <summary>Every kind this cluster knows by itself.</summary>
    public static IEnumerable<GroupVersionKind> Kinds => SchemaCatalog.Default.Kinds.Keys;

    /// <inheritdoc/>
    public override StructuralSchema Root => _type.Schema;

    /// <inheritdoc/>
    public override bool IsNamespaced => _type.IsNamespaced;

    /// <inheritdoc/>
    public override bool HasStatus => Root.Map!.Fields.ContainsKey("status");

    /// <summary>The rules of a kind, or null when it is not built in.</summary>
    public static BuiltInSchema? For(GroupVersionKind kind) =>
        SchemaCatalog.Default.Kinds.TryGetValue(kind, out var type) ? new(type) { Kind = kind } : null;

    /// <inheritdoc/>
    public override JsonObject Empty()
    {
        var empty = new JsonObject();
        GoRoundTrip.Normalize(empty, Root);
        return empty;
    }

    /// <inheritdoc/>
    public override void ApplyDefaults(JsonObject body)
    {
        GoRoundTrip.Normalize(body, Root);
        BuiltInDefaults.Apply(body, Root);
        GoRoundTrip.Normalize(body, Root);
    }

    /// <inheritdoc/>
    public override void Prune(JsonObject body) => GoRoundTrip.Normalize(body, Root);

    /// <inheritdoc/>
    public override IReadOnlyList<string> UnknownFields(JsonObject body) => Schema.UnknownFields.Of(body, Root);

    /// <inheritdoc/>
    public override string? TypeProblem(JsonObject body) => GoDecoding.Problem(body, Root, Kind.Kind);

    /// <inheritdoc/>
    public override void PrepareForCreate(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var metadata = body["metadata"] as JsonObject ?? [];
        metadata.Remove("generation");
        if (HasStatus && Kind.Kind != "Node")
        {
            body.Remove("status");
        }

        if (Generations.Contains(Kind.Kind))
        {
            metadata["generation"] = 1;
        }

        ApplyDefaults(body);
        BuiltInPreparation.ForCreate(Kind.Kind, body);
        GoRoundTrip.Normalize(body, Root);
    }

    /// <inheritdoc/>
    public override void PrepareForUpdate(JsonObject updated, JsonObject live, string subresource)
    {
        ArgumentNullException.ThrowIfNull(updated);
        ArgumentNullException.ThrowIfNull(live);
        if (subresource == "status")
        {
            foreach (var name in Root.Map!.Fields.Keys.Where(name => name is not ("metadata" or "status")))
            {
                Keep(updated, live, name);
            }

            Keep(updated["metadata"]!.AsObject(), live["metadata"]!.AsObject(), "labels");
        }
        else if (HasStatus)
        {
            Keep(updated, live, "status");
            BuiltInPreparation.ForUpdate(Kind.Kind, updated, live);
        }

        Keep(updated["metadata"]!.AsObject(), live["metadata"]!.AsObject(), "generation");
        if (Generations.Contains(Kind.Kind) && subresource.Length == 0 && Kind.Kind != "PriorityClass" && SpecChanged(updated, live))
        {
            var generation = JsonNumbers.Of(live["metadata"]?["generation"]);
            updated["metadata"]!["generation"] = generation + 1;
        }

        GoRoundTrip.Normalize(updated, Root);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> Validate(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return [.. MetadataValidation.Check(body, IsNamespaced, BuiltInValidation.NameSyntax(Kind), isCore: Kind.Group != "apiextensions.k8s.io"), .. BuiltInValidation.Check(Kind, body, Root)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> ValidateUpdate(JsonObject updated, JsonObject live)
    {
        ArgumentNullException.ThrowIfNull(updated);
        ArgumentNullException.ThrowIfNull(live);
        var (metadata, immutable) = (MetadataValidation.CheckUpdate(updated, live), BuiltInImmutability.Check(Kind, updated, live));
        return Kind.Kind is "Secret" or "ConfigMap" or "Service"
            ? [.. metadata, .. immutable, .. Validate(updated)]
            : [.. metadata, .. Validate(updated), .. immutable];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ResetFields(string subresource) => (subresource, HasStatus) switch
    {
        ("status", _) => ["spec", "metadata.labels"],
        (_, true) => ["status"],
        _ => [],
    };

    private static void Keep(JsonObject updated, JsonObject live, string name)
    {
        updated.Remove(name);
        if (live[name] is { } value)
        {
            updated[name] = value.DeepClone();
        }
    }

    private bool SpecChanged(JsonObject updated, JsonObject live) =>
        Root.Map!.Fields.Keys.Where(name => name is not ("metadata" or "status" or "apiVersion" or "kind"))
            .Any(name => !JsonNode.DeepEquals(updated[name], live[name]))
        || (Kind.Kind == "Deployment" && !JsonNode.DeepEquals(updated["metadata"]?["annotations"], live["metadata"]?["annotations"]));
}
