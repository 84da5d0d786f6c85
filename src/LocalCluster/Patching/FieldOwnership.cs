using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Moves ownership of fields between managers as one write changes an object.</summary>
internal sealed class FieldOwnership(KindSchema kind, string subresource)
{
    private static readonly FieldSet NeverOwned = FieldSet.OfFields(
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp", "metadata.selfLink",
        "metadata.uid", "metadata.clusterName", "metadata.generation", "metadata.managedFields", "metadata.resourceVersion");

    private readonly FieldSet _reset = FieldSet.OfFields(kind.ResetFields(subresource));

    /// <summary>The manager of a write through this subresource.</summary>
    public FieldManager Manager(string name, bool isApply) =>
        new(name.Length == 0 ? "unknown" : name, isApply, isApply ? "" : kind.Kind.ApiVersion, subresource);

    /// <summary>Takes changed fields from all other managers; returns the fields others own and lose.</summary>
    public static Dictionary<FieldManager, FieldSet> Conflicts(ManagedFields managed, TypedComparison change, FieldManager writer)
    {
        var touched = change.Modified.Union(change.Added);
        return managed.Entries.Where(pair => pair.Key != writer)
            .Select(pair => (pair.Key, Lost: pair.Value.Fields.Intersection(touched)))
            .Where(pair => !pair.Lost.IsEmpty)
            .ToDictionary(pair => pair.Key, pair => pair.Lost);
    }

    /// <summary>What changed, without what this subresource never owns.</summary>
    public TypedComparison Compare(JsonObject before, JsonObject after) =>
        TypedComparison.Between(before, after, kind.Root).Filtered(WithoutReset);

    /// <summary>Removes changed and removed fields from all managers but the writer.</summary>
    public static void Yield(ManagedFields managed, TypedComparison change, FieldManager writer)
    {
        var lost = change.Modified.Union(change.Added).Union(change.Removed);
        foreach (var (manager, entry) in managed.Entries.Where(pair => pair.Key != writer).ToList())
        {
            managed[manager] = entry with { Fields = entry.Fields.Difference(lost) };
        }
    }

    /// <summary>The fields of a set that a writer may own.</summary>
    public FieldSet Ownable(FieldSet fields) => WithoutReset(fields).Difference(NeverOwned);

    /// <summary>A set without what this subresource never owns.</summary>
    public FieldSet WithoutReset(FieldSet fields) => fields.RecursiveDifference(_reset);

    /// <summary>Attributes the difference between two objects to an updating manager.</summary>
    public void RecordUpdate(ManagedFields managed, JsonObject before, JsonObject after, FieldManager writer, string now)
    {
        var change = Compare(before, after);
        Yield(managed, change, writer: default);
        var added = Ownable(change.Modified.Union(change.Added));
        if (!added.IsEmpty)
        {
            var previous = managed[writer]?.Fields ?? new();
            managed[writer] = new(kind.Kind.ApiVersion, added.Union(previous)) { Time = now };
        }

        managed.Cap();
    }
}
