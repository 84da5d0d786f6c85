using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Merges a configuration into a live value as server-side apply does: what the configuration sets wins, the rest stays.</summary>
internal static class TypedMerge
{
    /// <summary>The merged value.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject applied, StructuralSchema schema) =>
        Merge(Slot.Of(live), Slot.Of(applied), schema).Node as JsonObject ?? [];

    private static Slot Merge(Slot live, Slot applied, StructuralSchema schema)
    {
        var treatment = TypedValue.TreatmentOf(schema, applied.IsPresent ? applied.Node : live.Node);
        return treatment switch
        {
            Treatment.Map when !schema.Map!.IsAtomic && (HasAny(live.AsMap) || HasAny(applied.AsMap)) =>
                MergeMaps(live.AsMap, applied.AsMap, schema.Map),
            Treatment.List when schema.List!.Type is not ListType.Atomic && (HasAny(live.AsList) || HasAny(applied.AsList)) =>
                MergeLists(live.AsList ?? [], applied.AsList ?? [], schema.List),
            _ => Copy(applied.IsPresent ? applied : live),
        };
    }

    private static bool HasAny(JsonObject? map) => map is { Count: > 0 };

    private static bool HasAny(JsonArray? list) => list is { Count: > 0 };

    private static Slot Copy(Slot slot) => Slot.Of(slot.Node?.DeepClone());

    private static Slot MergeMaps(JsonObject? live, JsonObject? applied, MapShape shape)
    {
        var result = new JsonObject();
        foreach (var name in (live ?? []).Select(pair => pair.Key).Union((applied ?? []).Select(pair => pair.Key)))
        {
            var merged = Merge(Slot.In(live, name), Slot.In(applied, name), shape.TypeOf(name));
            if (merged.IsPresent)
            {
                result[name] = merged.Node;
            }
        }

        return result.Count > 0 ? Slot.Of(result) : Slot.Absent;
    }

    private static Slot MergeLists(JsonArray live, JsonArray applied, ListShape shape)
    {
        var left = Index(live, shape);
        var right = Index(applied, shape);
        var result = new JsonArray();
        foreach (var element in Order(left.Order, right.Order, left.Items.Keys.ToHashSet(), right.Items.Keys.ToHashSet()))
        {
            var inLive = left.Items.TryGetValue(element, out var mine) ? mine : Slot.Absent;
            var inApplied = right.Items.TryGetValue(element, out var theirs) ? theirs : Slot.Absent;
            var merged = Merge(inLive, inApplied, shape.Element);
            if (merged.IsPresent)
            {
                result.Add(merged.Node);
            }
        }

        return result.Count > 0 ? Slot.Of(result) : Slot.Absent;
    }

    private static (List<PathElement> Order, Dictionary<PathElement, Slot> Items) Index(JsonArray list, ListShape shape)
    {
        var order = new List<PathElement>();
        var items = new Dictionary<PathElement, Slot>();
        for (var i = 0; i < list.Count; i++)
        {
            if (TypedValue.ElementOf(shape, list[i], out _) is not { } element)
            {
                continue;
            }

            // A live list may hold an element twice (written by an update); merged, neither of them is the one.
            items[element] = items.ContainsKey(element) ? Slot.Of(null) : Slot.Of(list[i]);
            order.Add(element);
        }

        return (order, items);
    }

    /// <summary>Elements in merged order: shared ones as the configuration orders them, the others where they stood.</summary>
    private static IEnumerable<PathElement> Order(
        List<PathElement> live, List<PathElement> applied, HashSet<PathElement> inLive, HashSet<PathElement> inApplied)
    {
        var shared = new Queue<PathElement>(applied.Where(inLive.Contains));
        var done = new HashSet<PathElement>();
        int l = 0, a = 0;
        while (l < live.Count || a < applied.Count)
        {
            if (l < live.Count && a < applied.Count && live[l] == applied[a])
            {
                done.Add(live[l]);
                yield return live[l];
                shared.TryDequeue(out _);
                l++;
                a++;
            }
            else if (l < live.Count && a < applied.Count && inApplied.Contains(live[l]) && shared.TryPeek(out var next) && next != live[l])
            {
                l++;
            }
            else if (l < live.Count && !inApplied.Contains(live[l]))
            {
                yield return live[l++];
            }
            else
            {
                l += l < live.Count && done.Contains(live[l]) ? 1 : 0;
                if (a >= applied.Count)
                {
                    continue;
                }

                done.Add(applied[a]);
                yield return applied[a];
                if (shared.TryPeek(out var head) && head == applied[a])
                {
                    shared.Dequeue();
                }

                a++;
            }
        }
    }
}
