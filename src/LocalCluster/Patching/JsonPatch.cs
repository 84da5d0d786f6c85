using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>JSON patch, RFC 6902: add, remove, replace, move, copy and test, in order, all or nothing.</summary>
/// <remarks>
/// Compatibility: as in the API server, a missing key of a map reads as null, so <c>replace</c> and <c>copy</c> of one succeed, an
/// index may count from the end (<c>-1</c>), and a failed patch says no more than that the request was at fault.
/// </remarks>
public static class JsonPatch
{
    /// <summary>The patched document; the argument is not changed.</summary>
    /// <exception cref="ApiRejectionException">An operation cannot be carried out.</exception>
    public static JsonNode Apply(JsonNode document, JsonNode? patch)
    {
        if (patch is not JsonArray operations || operations.Any(operation => operation is not JsonObject))
        {
            var found = patch switch { JsonObject => "object", JsonArray => "array", null => "null", _ => "value" };
            throw ApiRejectionException.BadRequest(
                $"error decoding patch: json: cannot unmarshal {found} into Go value of type []handlers.jsonPatchOp");
        }

        var root = new JsonObject { ["root"] = document?.DeepClone() };
        foreach (var operation in operations.Cast<JsonObject>())
        {
            if (!Run(root, operation))
            {
                throw ApiRejectionException.UnprocessablePatch();
            }
        }

        return root["root"] is { } result ? result.DeepClone() : throw ApiRejectionException.UnprocessablePatch();
    }

    private static bool Run(JsonObject root, JsonObject operation)
    {
        if (Text(operation, "path") is not { } path)
        {
            return false;
        }

        var value = operation["value"];
        return Text(operation, "op") switch
        {
            "add" => Add(root, path, value),
            "remove" => Remove(root, path),
            "replace" => TryRead(root, path, out _) && Set(root, path, value),
            "move" => Text(operation, "from") is { } from && TryRead(root, from, out var moved) && Remove(root, from) && Add(root, path, moved),
            "copy" => Text(operation, "from") is { } from && TryRead(root, from, out var copied) && Add(root, path, copied),
            "test" => TryRead(root, path, out var found) && JsonNode.DeepEquals(found, value),
            _ => false,
        };
    }

    private static string? Text(JsonObject operation, string name) =>
        operation[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The container that holds what a pointer names, and the last step.</summary>
    private static bool TryFind(JsonObject root, string pointer, out JsonNode container, out string key)
    {
        (container, key) = (root, "root");
        if (pointer.Length == 0)
        {
            return true;
        }

        if (pointer[0] != '/')
        {
            return false;
        }

        foreach (var step in pointer[1..].Split('/'))
        {
            if (Child(container, key) is not (JsonObject or JsonArray) || Child(container, key) is not { } next)
            {
                return false;
            }

            container = next;
            key = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return true;
    }

    private static JsonNode? Child(JsonNode container, string key) => container switch
    {
        JsonObject map => map[key],
        JsonArray list => Index(key, list.Count, list.Count - 1) is { } index ? list[index] : null,
        _ => null,
    };

    /// <summary>A list index no greater than <paramref name="last"/>; negative ones count back from <paramref name="count"/>.</summary>
    private static int? Index(string key, int count, int last)
    {
        if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return null;
        }

        index = index < 0 ? index + count : index;
        return index >= 0 && index <= last ? index : null;
    }

    private static bool TryRead(JsonObject root, string pointer, out JsonNode? value)
    {
        value = null;
        if (!TryFind(root, pointer, out var container, out var key))
        {
            return false;
        }

        value = Child(container, key)?.DeepClone();
        return container is JsonObject || (container is JsonArray list && Index(key, list.Count, list.Count - 1) is not null);
    }

    private static bool Add(JsonObject root, string pointer, JsonNode? value)
    {
        if (!TryFind(root, pointer, out var container, out var key))
        {
            return false;
        }

        if (container is JsonArray list)
        {
            var index = key == "-" ? list.Count : Index(key, list.Count + 1, list.Count);
            if (index is not null)
            {
                list.Insert(index.Value, value?.DeepClone());
            }

            return index is not null;
        }

        ((JsonObject)container)[key] = value?.DeepClone();
        return true;
    }

    private static bool Set(JsonObject root, string pointer, JsonNode? value)
    {
        _ = TryFind(root, pointer, out var container, out var key);
        if (container is JsonArray list)
        {
            list[Index(key, list.Count, list.Count - 1)!.Value] = value?.DeepClone();
        }
        else
        {
            ((JsonObject)container)[key] = value?.DeepClone();
        }

        return true;
    }

    private static bool Remove(JsonObject root, string pointer)
    {
        if (!TryFind(root, pointer, out var container, out var key))
        {
            return false;
        }

        if (container is JsonArray list && Index(key, list.Count, list.Count - 1) is { } index)
        {
            list.RemoveAt(index);
            return true;
        }

        return container is JsonObject map && map.Remove(key);
    }
}
