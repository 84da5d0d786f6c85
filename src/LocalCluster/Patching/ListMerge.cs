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

        var order = patch[StrategicMergePatch.SetOrder + name] as JsonArray;
        if (field.PatchMergeKey.Length == 0)
        {
            return MergeScalars(live, change, patch[StrategicMergePatch.DeleteFromPrimitives + name] as JsonArray, order);
        }

        var before = live.Select(item => KeyOf(item, field.PatchMergeKey)).OfType<string>().ToList();
        var merged = MergeMaps(live, change, element, field.PatchMergeKey);
        return Ordered(merged, before, order, item => KeyOf(item, field.PatchMergeKey));
    }

    private static string? KeyOf(JsonNode? item, string key) => (item as JsonObject)?[key]?.ToJsonString();

    private static JsonArray MergeScalars(JsonArray live, JsonArray change, JsonArray? deleted, JsonArray? order)
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

        return Ordered(merged, before, order, item => item?.ToJsonString() ?? "null");
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

            throw StrategicMergePatch.Misfit(change, $"map: {GoText.Of(change)} does not contain declared merge key: {key}");
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
    /// Elements the order names come in that order; the others (made by somebody else) keep their place relative to the live list.
    /// </summary>
    private static JsonArray Ordered(JsonArray merged, List<string> before, JsonArray? order, Func<JsonNode?, string?> identity)
    {
        if (order is null)
        {
            return merged;
        }

        var wanted = order.Select(item => item is JsonObject map && map.Count == 1 ? map.First().Value?.ToJsonString() : item?.ToJsonString()).ToList();
        var named = merged.Where(item => wanted.Contains(identity(item))).OrderBy(item => wanted.IndexOf(identity(item))).ToList();
        var others = merged.Where(item => !wanted.Contains(identity(item))).ToList();
        var result = new JsonArray();
        int n = 0, o = 0;
        while (n < named.Count || o < others.Count)
        {
            var takeOther = n >= named.Count
                || (o < others.Count && Place(others[o]) is var place && Place(named[n]) is var next && place >= 0 && (next < 0 || place < next));
            var item = takeOther && o < others.Count ? others[o++] : named[n++];
            result.Add(item?.DeepClone());
        }

        return result;

        int Place(JsonNode? item) => before.IndexOf(identity(item) ?? "");
    }
}
