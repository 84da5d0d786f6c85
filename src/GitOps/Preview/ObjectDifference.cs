using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Preview;

/// <summary>Compares two states of one object as YAML that may be shown: without the server's own fields, Secrets masked.</summary>
internal static class ObjectDifference
{
    /// <summary>The planned change between two states; either may be null. Values that <paramref name="opened"/> knows are hidden.</summary>
    public static PlannedChange Between(ObjectKey key, KubernetesObject? before, KubernetesObject? after, PlaintextLedger? opened)
    {
        var (left, right) = (Prepared(before), Prepared(after));
        var isEqual = left is not null && right is not null && Text(left) == Text(right);
        SecretMask.Apply(left, right);
        var action = (left, right) switch
        {
            (null, _) => PlannedAction.Create,
            (_, null) => PlannedAction.Delete,
            _ => isEqual ? PlannedAction.None : PlannedAction.Change,
        };
        IReadOnlyList<string> lines = isEqual ? [] : LineDifference.Between(Text(left), Text(right));
        return new PlannedChange { Key = key, Action = action, Difference = opened is null ? lines : [.. lines.Select(opened.Hide)] };
    }

    /// <summary>The text of one object as it may be shown.</summary>
    public static string Shown(KubernetesObject value, PlaintextLedger? opened)
    {
        var copy = Prepared(value)!;
        SecretMask.Apply(copy);
        return opened?.Hide(Text(copy)) ?? Text(copy);
    }

    private static KubernetesObject? Prepared(KubernetesObject? value)
    {
        if (value is null)
        {
            return null;
        }

        var copy = ComparableContent.Of(value.DeepClone());
        copy.SetAnnotation(Annotations.TrackingId, null);
        if (copy.Metadata["annotations"] is JsonObject { Count: 0 })
        {
            copy.Metadata.Remove("annotations");
        }

        return copy;
    }

    private static string Text(KubernetesObject? value) => value is null ? "" : Encoding.UTF8.GetString(YamlText.FromJson(Sorted(value.Json)));

    private static JsonNode? Sorted(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject json:
                var sorted = new JsonObject();
                foreach (var (name, value) in json.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    sorted[name] = Sorted(value);
                }

                return sorted;
            case JsonArray array:
                return new JsonArray([.. array.Select(Sorted)]);
            default:
                return node?.DeepClone();
        }
    }
}
