using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Patching;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Makes what a client sends into what is stored: system metadata, the kind's rules, field ownership.</summary>
internal sealed class ObjectPreparation(TimeProvider time)
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    /// <summary>Metadata that only the server writes.</summary>
    private static readonly string[] SystemMetadata =
        ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName", "selfLink", "resourceVersion"];

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A new object, ready to store.</summary>
    internal JsonObject ForCreate(ResourceKind kind, JsonObject body, WriteContext context)
    {
        FieldCheck.Apply(kind, body, context);
        kind.Schema.Prune(body);
        SetNewMetadata(body.Section("metadata"));
        kind.Schema.ApplyDefaults(body);
        if (!context.IsApply)
        {
            // Before what the kind fills in: the client owns what it asked for, not what it was given.
            ManagedFieldsUpdate.ForWrite(null, body, kind.Schema, context.FieldManager, context.Subresource, Now);
        }

        kind.Schema.PrepareForCreate(body);
        Complete(kind, body);
        Refuse(kind, body, kind.Schema.Validate(body));
        return body;
    }

    /// <summary>A changed object, ready to store; equal to <paramref name="live"/> when nothing changed.</summary>
    internal JsonObject ForUpdate(ResourceKind kind, JsonObject live, JsonObject body, WriteContext context)
    {
        FieldCheck.Apply(kind, body, context);
        kind.Schema.Prune(body);
        var metadata = body.Section("metadata");
        foreach (var field in SystemMetadata)
        {
            metadata.CopyField(live["metadata"], field);
        }

        kind.Schema.ApplyDefaults(body);
        if (!context.IsApply)
        {
            ManagedFieldsUpdate.ForWrite(live, body, kind.Schema, context.FieldManager, context.Subresource, Now);
        }

        kind.Schema.PrepareForUpdate(body, live, context.Subresource == "status" ? "status" : "");
        KeepNamespace(kind, live, body, context);
        if (kind.QualifiedPlural == Definitions)
        {
            DefinitionStatus.Follow(body);
        }

        Refuse(kind, body, kind.Schema.ValidateUpdate(body, live));
        return body;
    }

    private void SetNewMetadata(JsonObject metadata)
    {
        if (metadata.Text("name").Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = GeneratedName.From(prefix);
        }

        foreach (var field in SystemMetadata.Where(field => field != "generateName"))
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectTimestamp.Now(time);
    }

    /// <summary>What controllers would add a moment later.</summary>
    private static void Complete(ResourceKind kind, JsonObject body)
    {
        if (kind.QualifiedPlural == Definitions)
        {
            DefinitionStatus.Establish(body);
        }
    }

    /// <summary>A namespace's own finalizers change through one subresource only.</summary>
    private static void KeepNamespace(ResourceKind kind, JsonObject live, JsonObject body, WriteContext context)
    {
        if (kind.QualifiedPlural == "namespaces" && context.Subresource != "finalize")
        {
            body.CopyField(live, "spec");
        }
    }

    private static void Refuse(ResourceKind kind, JsonObject body, IReadOnlyList<FieldError> errors)
    {
        if (errors.Count > 0)
        {
            throw ApiRejectionException.Invalid(kind.Gvk, body.Text("metadata", "name"), errors);
        }
    }
}
