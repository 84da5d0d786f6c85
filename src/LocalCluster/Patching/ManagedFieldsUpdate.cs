using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Keeps <c>managedFields</c> true for writes that are not applies.</summary>
public static class ManagedFieldsUpdate
{
    /// <summary>Sets the entries of <paramref name="updated"/>: what differs from <paramref name="live"/> now belongs to the manager.</summary>
    /// <remarks>When nothing but the entries' times would change, the live entries stay, so that the write is seen to change nothing.</remarks>
    public static void ForWrite(
        JsonObject? live, JsonObject updated, KindSchema kind, string manager, string subresource, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(updated);
        ArgumentNullException.ThrowIfNull(kind);
        var managed = Starting(live, updated, subresource);
        ManagedFields.Strip(updated);
        if (managed.IsEmpty && live is not null)
        {
            return; // nobody asked for tracking: the entries were dropped, and start again with the first apply
        }

        var before = live is null ? kind.Empty() : (JsonObject)live.DeepClone();
        ManagedFields.Strip(before);
        var ownership = new FieldOwnership(kind, subresource);
        ownership.RecordUpdate(managed, before, updated, ownership.Manager(manager, isApply: false), Timestamp(now));
        managed.WriteTo(updated);
        KeepTimesOfNoChange(live, updated, before);
    }

    internal static string Timestamp(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The writer may send entries of its own; an empty list resets them, none at all keeps the live ones.</summary>
    private static ManagedFields Starting(JsonObject? live, JsonObject updated, string subresource)
    {
        if (subresource.Length > 0)
        {
            return ManagedFields.Of(live);
        }

        if (ManagedFields.AreReset(updated))
        {
            return new();
        }

        var sent = ManagedFields.Of(updated);
        return sent.IsEmpty ? ManagedFields.Of(live) : sent;
    }

    private static void KeepTimesOfNoChange(JsonObject? live, JsonObject updated, JsonObject before)
    {
        if (live is null || ManagedFields.Raw(live) is not { } old || ManagedFields.Raw(updated) is not { } entries)
        {
            return;
        }

        var after = (JsonObject)updated.DeepClone();
        ManagedFields.Strip(after);
        foreach (var bare in new[] { before, after })
        {
            (bare["metadata"] as JsonObject)?.Remove("resourceVersion");
        }

        if (JsonNode.DeepEquals(WithoutTimes(old), WithoutTimes(entries)) && JsonNode.DeepEquals(before, after))
        {
            updated["metadata"]!["managedFields"] = old.DeepClone();
        }
    }

    private static JsonArray WithoutTimes(JsonArray entries)
    {
        var copy = (JsonArray)entries.DeepClone();
        foreach (var entry in copy.OfType<JsonObject>())
        {
            entry.Remove("time");
        }

        return copy;
    }
}
