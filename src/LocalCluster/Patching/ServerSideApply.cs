using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>One apply: a configuration, who applies it, and the object it meets.</summary>
public sealed record ApplyRequest
{
    /// <summary>The object as it is, or null when the apply creates it.</summary>
    public required JsonObject? Live { get; init; }

    /// <summary>The configuration.</summary>
    public required JsonObject Applied { get; init; }

    /// <summary>The kind's rules.</summary>
    public required KindSchema Schema { get; init; }

    /// <summary>The field manager.</summary>
    public required string Manager { get; init; }

    /// <summary>Whether fields of other managers are taken over.</summary>
    public bool Force { get; init; }

    /// <summary>The subresource written through; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The time for the manager's entry.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Server-side apply: merges a configuration by the kind's schema and keeps account of who owns which field.</summary>
/// <remarks>
/// 1. what the configuration sets is merged into the live object; 2. what this manager applied before, applies no longer and nobody
/// else owns is removed; 3. what changed and belongs to another manager is a conflict, unless forced; 4. ownership is recorded.
/// </remarks>
public static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The resulting object, or <see cref="ApplyRequest.Live"/> itself when nothing changes.</summary>
    /// <exception cref="ApiRejectionException">The configuration does not fit the schema, or conflicts with other managers.</exception>
    public static JsonObject Apply(ApplyRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var live = (JsonObject)(request.Live?.DeepClone() ?? request.Schema.Empty());
        var ownership = new FieldOwnership(request.Schema, request.Subresource);
        var managed = Starting(request, live, ownership);
        var merged = Merge(request, live, managed, ownership);
        var isUnchanged = request.Live is not null && JsonNode.DeepEquals(live, merged);
        if (!isUnchanged)
        {
            request.Schema.ApplyDefaults(merged);
            Stamp(managed, ownership.Manager(request.Manager, isApply: true), request.Now);
        }

        RefreshLastApplied(merged, request);
        managed.WriteTo(merged);
        return request.Live is not null && JsonNode.DeepEquals(request.Live, merged) ? request.Live : merged;
    }

    /// <summary>Compatibility: kubectl may go back to client-side apply; its annotation follows where there is one.</summary>
    private static void RefreshLastApplied(JsonObject merged, ApplyRequest request)
    {
        if (request.Manager != "kubectl" || merged["metadata"]?["annotations"] is not JsonObject annotations || !annotations.ContainsKey(LastApplied))
        {
            return;
        }

        var applied = (JsonObject)request.Applied.DeepClone();
        (applied["metadata"]?["annotations"] as JsonObject)?.Remove(LastApplied);
        annotations[LastApplied] = GoText.SortedJson(applied) + "\n";
    }

    private static void Check(ApplyRequest request)
    {
        if (request.Applied["metadata"] is JsonObject metadata && metadata.ContainsKey("managedFields") && metadata["managedFields"] is not null)
        {
            throw ApiRejectionException.BadRequest("metadata.managedFields must be nil");
        }

        if (TypedWalks.Misfits(request.Applied, request.Schema.Root) is { Count: > 0 } misfits)
        {
            var all = misfits.Count == 1 ? misfits[0] : "errors:\n  " + string.Join("\n  ", misfits.Order(StringComparer.Ordinal));
            throw ApiRejectionException.UntypedConfiguration($"failed to create typed patch object ({Identity(request)}): {all}");
        }
    }

    private static string Identity(ApplyRequest request)
    {
        var metadata = request.Applied["metadata"] as JsonObject;
        var kind = request.Schema.Kind;
        return $"{metadata?["namespace"]}/{metadata?["name"]}; {(kind.Group.Length == 0 ? "/" + kind.Version : kind.ApiVersion)}, Kind={kind.Kind}";
    }

    /// <summary>The live entries; what a live object without any holds belongs to <c>before-first-apply</c>.</summary>
    private static ManagedFields Starting(ApplyRequest request, JsonObject live, FieldOwnership ownership)
    {
        var managed = ManagedFields.Of(live);
        ManagedFields.Strip(live);
        if (managed.IsEmpty && request.Live is not null)
        {
            ownership.RecordUpdate(
                managed, request.Schema.Empty(), live, ownership.Manager(BeforeFirstApply, isApply: false), ManagedFieldsUpdate.Timestamp(request.Now));
        }

        return managed;
    }

    private static JsonObject Merge(ApplyRequest request, JsonObject live, ManagedFields managed, FieldOwnership ownership)
    {
        var schema = request.Schema.Root;
        var writer = ownership.Manager(request.Manager, isApply: true);
        var merged = TypedMerge.Merge(live, request.Applied, schema);
        var previous = managed[writer];
        var applied = ownership.WithoutReset(TypedWalks.FieldsOf(request.Applied, schema));
        managed[writer] = new(request.Schema.Kind.ApiVersion, applied) { Time = previous?.Time };
        merged = Prune(merged, managed, previous?.Fields, schema);
        var change = ownership.Compare(live, merged);
        Refuse(FieldOwnership.Conflicts(managed, change, writer), request, live);
        FieldOwnership.Yield(managed, change, writer);
        if (managed[writer] is { } entry)
        {
            managed[writer] = entry with { Fields = ownership.Ownable(entry.Fields) };
        }

        return merged;
    }

    /// <summary>Removes what was applied last time unless somebody, the new configuration included, still owns it.</summary>
    private static JsonObject Prune(JsonObject merged, ManagedFields managed, FieldSet? last, StructuralSchema schema)
    {
        if (last is null || last.IsEmpty)
        {
            return merged;
        }

        FieldSet Whole(FieldSet set) => set.WithNamedFieldsAsMembers(schema);
        FieldSet WholeOf(JsonObject value) => Whole(TypedWalks.FieldsOf(value, schema));
        JsonObject Without(FieldSet removed) => TypedWalks.Remove(merged, removed, schema) as JsonObject ?? [];

        var all = WholeOf(merged);
        var pruned = Without(Whole(last));
        pruned = Without(all.Difference(WholeOf(pruned).Union(Whole(managed.All()))));

        // Items without an owner stay, unless this manager applied them last time.
        return Without(all.Difference(WholeOf(pruned)).Intersection(Whole(last)));
    }

    private static void Refuse(Dictionary<FieldManager, FieldSet> conflicts, ApplyRequest request, JsonObject live)
    {
        if (request.Force || conflicts.Count == 0)
        {
            return;
        }

        var paths = conflicts.SelectMany(pair => pair.Value.Paths().Select(path => (Manager: pair.Key, Path: path))).ToList();
        if (request.Manager == "kubectl" && LastAppliedFields(live, request.Schema) is { } migrated)
        {
            // Compatibility: kubectl's move from client-side to server-side apply is no conflict where nobody changed the field since.
            paths.RemoveAll(conflict => migrated.Contains(conflict.Path.ToString()));
        }

        if (paths.Count > 0)
        {
            throw ApiRejectionException.ApplyConflict(
                ConflictMessage(paths), paths.Select(conflict => ($"conflict with {conflict.Manager}", conflict.Path.ToString())));
        }
    }

    private static string ConflictMessage(List<(FieldManager Manager, FieldPath Path)> conflicts)
    {
        if (conflicts.Count == 1)
        {
            return $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Path}";
        }

        var managers = conflicts.GroupBy(conflict => conflict.Manager).OrderBy(group => group.Key.Name, StringComparer.Ordinal)
            .SelectMany(group => group.Select(conflict => $"- {conflict.Path}").Prepend($"conflicts with {group.Key}:"));
        return $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', managers)}";
    }

    private static HashSet<string>? LastAppliedFields(JsonObject live, KindSchema kind)
    {
        if (live["metadata"]?["annotations"]?[LastApplied]?.GetValue<string>() is not { Length: > 0 } text
            || JsonNode.Parse(text) is not JsonObject last
            || last["apiVersion"]?.GetValue<string>() != kind.Kind.ApiVersion)
        {
            return null;
        }

        var change = TypedComparison.Between(last, live, kind.Root);
        var untouched = TypedWalks.FieldsOf(last, kind.Root)
            .Difference(change.Modified).Difference(change.Added).Difference(change.Removed);
        return [.. untouched.Paths().Select(path => path.ToString())];
    }

    private static void Stamp(ManagedFields managed, FieldManager writer, DateTimeOffset now)
    {
        if (managed[writer] is { } entry)
        {
            managed[writer] = entry with { Time = ManagedFieldsUpdate.Timestamp(now) };
        }
    }
}
