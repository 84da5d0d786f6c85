using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>The forms of a patch that is not an apply.</summary>
public enum PatchForm
{
    /// <summary>RFC 6902.</summary>
    Json,

    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' own, for built-in kinds.</summary>
    Strategic,
}

/// <summary>One write to one object, step by step as the API server takes them; nothing is stored.</summary>
/// <remarks>
/// Each method returns the object to store, or <see cref="Live"/> itself when nothing would change. The order matters:
/// defaults, then <c>managedFields</c>, then what the kind fills in, then validation, so that nobody owns what nobody asked for.
/// </remarks>
public sealed record ObjectWrite
{
    /// <summary>The kind's rules.</summary>
    public required KindSchema Kind { get; init; }

    /// <summary>The object as it is; null when the write makes it.</summary>
    public JsonObject? Live { get; init; }

    /// <summary>The field manager: the request's, or the user agent's name.</summary>
    public required string Manager { get; init; }

    /// <summary>The subresource written through; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The time of the write.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The namespace and, where the request's path names it, the name that a new object gets.</summary>
    public (string Namespace, string Name) Target { get; init; } = ("", "");

    /// <summary>The uid a new object gets.</summary>
    public string NewUid { get; init; } = "";

    /// <summary>A new object.</summary>
    /// <exception cref="ApiRejectionException">It cannot be read or is not valid.</exception>
    public JsonObject Create(JsonObject body)
    {
        Readable(body, problem => FieldValidation.CannotBeHandled(Kind, problem));
        var created = (JsonObject)body.DeepClone();
        Kind.Prune(created);
        Kind.ApplyDefaults(created);
        ManagedFieldsUpdate.ForWrite(null, created, Kind, Manager, Subresource, Now);
        return FinishCreate(created);
    }

    /// <summary>The object replaced by another.</summary>
    /// <exception cref="ApiRejectionException">It cannot be read or is not valid.</exception>
    public JsonObject Update(JsonObject body)
    {
        Readable(body, problem => FieldValidation.CannotBeHandled(Kind, problem));
        return FinishUpdate((JsonObject)body.DeepClone());
    }

    /// <summary>The object patched.</summary>
    /// <exception cref="ApiRejectionException">The patch cannot be applied, or what it makes is not valid.</exception>
    public JsonObject Patch(PatchForm form, JsonNode? patch)
    {
        var live = Live ?? throw new InvalidOperationException("A patch needs an object.");
        var patched = form switch
        {
            PatchForm.Json => JsonPatch.Apply(live, patch) as JsonObject,
            PatchForm.Strategic when Kind is CrdSchema => throw ApiRejectionException.NoStrategicPatch(),
            PatchForm.Strategic when patch is JsonObject changes => StrategicMergePatch.Apply(live, changes, Kind.Root),
            PatchForm.Merge when patch is JsonObject => JsonMergePatch.Apply(live, patch) as JsonObject,
            _ => throw NoMap(patch),
        };
        if (patched is null)
        {
            throw ApiRejectionException.UnprocessablePatch();
        }

        // Compatibility: the API server quotes the whole patched object here; ours may be a Secret, so it is not quoted.
        Readable(patched, problem => ApiRejectionException.InvalidPatch("{…}", problem));
        return FinishUpdate(patched);
    }

    /// <summary>The object with a configuration applied; makes it when there is none.</summary>
    /// <exception cref="ApiRejectionException">The configuration does not fit, conflicts, or makes an object that is not valid.</exception>
    public JsonObject Apply(JsonObject applied, bool isForced)
    {
        var merged = ServerSideApply.Apply(new()
        {
            Live = Live,
            Applied = applied,
            Schema = Kind,
            Manager = Manager,
            Force = isForced,
            Subresource = Subresource,
            Now = Now,
        });
        if (ReferenceEquals(merged, Live))
        {
            return Live!;
        }

        Kind.Prune(merged);
        return Live is null ? FinishCreate(merged) : Finish(merged);
    }

    private static ApiRejectionException NoMap(JsonNode? patch)
    {
        var found = patch switch { JsonArray => "array", JsonValue value => value.GetValueKind().ToString().ToLowerInvariant(), _ => "null" };
        return ApiRejectionException.BadRequest(
            $"error decoding patch: json: cannot unmarshal {found} into Go value of type map[string]interface {{}}");
    }

    private void Readable(JsonObject body, Func<string, ApiRejectionException> refuse)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Kind.TypeProblem(body) is { } problem)
        {
            throw refuse(problem);
        }
    }

    private JsonObject FinishCreate(JsonObject created)
    {
        if (created["metadata"] is not JsonObject metadata)
        {
            created["metadata"] = metadata = [];
        }

        metadata.Remove("resourceVersion");
        if (Target.Namespace.Length > 0)
        {
            metadata["namespace"] = Target.Namespace;
        }

        if (Target.Name.Length > 0)
        {
            metadata["name"] = Target.Name;
        }

        metadata["uid"] = NewUid;
        metadata["creationTimestamp"] = ManagedFieldsUpdate.Timestamp(Now);
        Kind.PrepareForCreate(created);
        Refuse(Kind.Validate(created), created);
        return created;
    }

    private JsonObject FinishUpdate(JsonObject updated)
    {
        var live = Live!;
        if (updated["metadata"] is not JsonObject metadata)
        {
            updated["metadata"] = metadata = [];
        }

        foreach (var name in new[] { "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion" })
        {
            if (metadata[name] is null && live["metadata"]?[name] is { } value)
            {
                metadata[name] = value.DeepClone();
            }
        }

        Kind.Prune(updated);
        Kind.ApplyDefaults(updated);
        ManagedFieldsUpdate.ForWrite(live, updated, Kind, Manager, Subresource, Now);
        return Finish(updated);
    }

    private JsonObject Finish(JsonObject updated)
    {
        var live = Live!;
        Kind.PrepareForUpdate(updated, live, Subresource);
        if (Subresource.Length == 0)
        {
            Refuse(Kind.ValidateUpdate(updated, live), updated);
        }

        return JsonNode.DeepEquals(updated, live) ? live : updated;
    }

    private void Refuse(IReadOnlyList<FieldError> errors, JsonObject body)
    {
        if (errors.Count > 0)
        {
            throw ApiRejectionException.Invalid(Kind.Kind, body["metadata"]?["name"]?.ToString() ?? "", errors);
        }
    }
}
