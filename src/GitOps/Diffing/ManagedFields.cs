using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Reads <c>metadata.managedFields</c>: who owns which field of a live object.</summary>
internal static class ManagedFields
{
    /// <summary>The field sets (<c>fieldsV1</c>) of some managers.</summary>
    public static IReadOnlyList<JsonObject> OwnedBy(KubernetesObject live, IReadOnlyList<string> managers) =>
    [
        .. live.ObjectsAt("metadata", "managedFields")
            .Where(entry => managers.Contains(ObjectFields.Text(entry["manager"])))
            .Select(entry => entry["fieldsV1"])
            .OfType<JsonObject>(),
    ];

    /// <summary>Removes the fields of a set: <c>f:name</c> members, <c>k:{…}</c> list items by key, <c>v:value</c> set members.</summary>
    public static void RemoveOwned(JsonNode? node, JsonObject fields)
    {
        foreach (var (key, value) in fields)
        {
            if (value is not JsonObject children || key == ".")
            {
                continue;
            }

            switch (key[..2], node)
            {
                case ("f:", JsonObject json) when IsLeaf(children):
                    json.Remove(key[2..]);
                    break;
                case ("f:", JsonObject json):
                    RemoveOwned(json[key[2..]], children);
                    break;
                case ("k:", JsonArray array) when FindItem(array, key[2..]) is { } item:
                    RemoveOwned(item, children);
                    break;
                case ("v:", JsonArray array) when array.FirstOrDefault(entry => JsonNode.DeepEquals(entry, JsonNode.Parse(key[2..]))) is { } member:
                    array.Remove(member);
                    break;
            }
        }
    }

    /// <summary>Makes the fields of a set in one document what they are in another; list items and members are added where they are missing.</summary>
    public static void CopyOwned(JsonNode? from, JsonNode? into, JsonObject fields)
    {
        foreach (var (key, value) in fields)
        {
            if (value is not JsonObject children || key == "." || key == "f:status")
            {
                continue;
            }

            switch (key[..2], from, into)
            {
                case ("f:", JsonObject source, JsonObject target) when IsLeaf(children) || target[key[2..]] is null:
                    target[key[2..]] = source[key[2..]]?.DeepClone();
                    break;
                case ("f:", JsonObject source, JsonObject target):
                    CopyOwned(source[key[2..]], target[key[2..]], children);
                    break;
                case ("k:", JsonArray source, JsonArray target) when FindItem(source, key[2..]) is { } item && FindItem(target, key[2..]) is { } known:
                    CopyOwned(item, known, children);
                    break;
                case ("k:", JsonArray source, JsonArray target) when FindItem(source, key[2..]) is { } item:
                    target.Add((JsonNode)item.DeepClone());
                    break;
            }
        }
    }

    private static bool IsLeaf(JsonObject children) => children.All(child => child.Key == ".");

    private static JsonObject? FindItem(JsonArray array, string keyText)
    {
        if (JsonNode.Parse(keyText) is not JsonObject keys)
        {
            throw new JsonException("a list key of managedFields is not an object");
        }

        return array.OfType<JsonObject>().FirstOrDefault(item => keys.All(key => JsonNode.DeepEquals(item[key.Key], key.Value)));
    }
}
