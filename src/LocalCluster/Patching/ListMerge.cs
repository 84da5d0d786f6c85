using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>How a strategic merge patch changes one list.</summary>
internal static class ListMerge
{
    /// <summary>Merges a patch's list into the live one: by key, as a set, or as a whole, as the field says.</summary>
    public static JsonArray Merge(JsonArray live, JsonArray change, JsonObject patch, string name, SchemaField? field)
    {
        var element = field?.Type.List?.Element ?? StructuralSchema.Deduced;
        if (field?.PatchStrategy.Split(',').Contains("merge") != true)
        {
            return (JsonArray)StrategicMergePatch.WithoutDirectives(change, field?.Type ?? StructuralSchema.Deduced)!;
        }

        // Without an order of its own the patch's list is the order.
        var order = patch[StrategicMergePatch.SetOrder + name] as JsonArray ?? change;
        CheckOrder(change, order, field.PatchMergeKey);
        if (field.PatchMergeKey.Length == 0)
        {
            return MergeScalars(live, change, patch[StrategicMergePatch.DeleteFromPrimitives + name] as JsonArray, order);
        }

        var before = live.Select(item => KeyOf(item, field.PatchMergeKey)).OfType<string>().ToList();
        var merged = MergeMaps(live, change, element, field.PatchMergeKey);
        return Ordered(merged, before, [.. order.Select(item => KeyOf(item, field.PatchMergeKey))], item => KeyOf(item, field.PatchMergeKey));
    }

    /// <summary>A patch's items must stand in the order that the patch itself asks for.</summary>
    private static void CheckOrder(JsonArray change, JsonArray order, string key)
    {
        string? Identity(JsonNode? item) => key.Length == 0 ? item?.ToJsonString() : KeyOf(item, key);
        var items = change.Where(item => item is not JsonObject map || !map.ContainsKey(StrategicMergePatch.Directive)).ToList();
        var wanted = new Queue<string?>(order.Select(Identity));
        foreach (var item in items)
        {
            while (wanted.TryPeek(out var next) && next != Identity(item))
            {
                wanted.Dequeue();
            }

            if (!wanted.TryDequeue(out _))
            {
                throw ApiRejectionException.UntypedConfiguration(
                    $"The order in patch list:\n[{string.Join(' ', items.Select(GoText.Of))}]\n doesn't match $setElementOrder list:\n{GoText.Of(order)}\n");
            }
        }
    }

    private static string? KeyOf(JsonNode? item, string key) => (item as JsonObject)?[key]?.ToJsonString();

    private static JsonArray MergeScalars(JsonArray live, JsonArray change, JsonArray? deleted, JsonArray order)
    {
        var before = live.Select(item => item?.ToJsonString() ?? "null").ToList();
        var gone = (deleted ?? []).Select(item => item?.ToJsonString()).ToHashSet();
        var merged = new JsonArray();
        var seen = new HashSet<string?>();
        foreach (var item in live.Concat(change))
        {
            var text = item?.ToJsonString() ?? "null";
            if (!gone.Contains(text) && seen.Add(text))
            {
                merged.Add(item?.DeepClone());
            }
        }

        return Ordered(merged, before, [.. order.Select(item => item?.ToJsonString())], item => item?.ToJsonString() ?? "null");
    }

    private static JsonArray MergeMaps(JsonArray live, JsonArray change, StructuralSchema element, string key)
    {
        var replaces = change.Any(item => item is JsonObject map && StrategicMergePatch.TextOf(map, StrategicMergePatch.Directive) == "replace"
            && !map.ContainsKey(key));
        var result = replaces ? [] : live;
        foreach (var item in change)
        {
            if (item is not JsonObject map)
            {
                throw StrategicMergePatch.Misfit(item, "expected a map in a list that merges by '" + key + "'");
            }

            MergeOne(result, map, element, key);
        }

        return result;
    }

    private static void MergeOne(JsonArray live, JsonObject change, StructuralSchema element, string key)
    {
        var directive = StrategicMergePatch.TextOf(change, StrategicMergePatch.Directive);
        var wanted = KeyOf(change, key);
        if (wanted is null)
        {
            if (directive == "replace")
            {
                return;
            }

            throw ApiRejectionException.UntypedConfiguration($"map: {GoText.Of(change)} does not contain declared merge key: {key}");
        }

        var index = live.ToList().FindIndex(item => KeyOf(item, key) == wanted);
        if (directive == "delete")
        {
            RemoveAll(live, key, wanted);
        }
        else if (index < 0)
        {
            live.Add(StrategicMergePatch.WithoutDirectives(change, element));
        }
        else
        {
            var old = (JsonObject)live[index]!.DeepClone();
            live[index] = StrategicMergePatch.MergeMap(old, change, element);
        }
    }

    private static void RemoveAll(JsonArray live, string key, string wanted)
    {
        for (var i = live.Count - 1; i >= 0; i--)
        {
            if (KeyOf(live[i], key) == wanted)
            {
                live.RemoveAt(i);
            }
        }
    }

    /// <summary>
    /// Elements the order names come in that order; the others (made by somebody else) go before one of these only where both were in
    /// the live list already, in that order.
    /// </summary>
    private static JsonArray Ordered(JsonArray merged, List<string> before, List<string?> wanted, Func<JsonNode?, string?> identity)
    {
        var named = merged.Where(item => wanted.Contains(identity(item))).OrderBy(item => wanted.IndexOf(identity(item))).ToList();
        var others = merged.Where(item => !wanted.Contains(identity(item))).ToList();
        var result = new JsonArray();
        int n = 0, o = 0;
        while (n < named.Count || o < others.Count)
        {
            var takeOther = n >= named.Count
                || (o < others.Count && Place(others[o]) is var place && Place(named[n]) is var next && place >= 0 && next >= 0 && place < next);
            var item = takeOther && o < others.Count ? others[o++] : named[n++];
            result.Add(item?.DeepClone());
        }

        return result;

        int Place(JsonNode? item) => before.IndexOf(identity(item) ?? "");
    }
}
