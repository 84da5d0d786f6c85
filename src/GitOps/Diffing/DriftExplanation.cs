using System.Text.Json.Nodes;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Tells which fields of a live object differ from what is wanted, and who wrote each of them last; names, never values.</summary>
internal static class DriftExplanation
{
    private const int MostFields = 5;

    /// <summary>Phrases like <c>'kubectl-edit' changes .data.key</c>; empty when nothing differs.</summary>
    public static IReadOnlyList<string> Explain(KubernetesObject wanted, KubernetesObject live)
    {
        var paths = new List<IReadOnlyList<string>>();
        Compare(wanted.Json, live.Json, [], paths);
        return [.. paths.Take(MostFields).Select(path => $"'{Writer(live, path)}' changes {Describe(path)}")];
    }

    // Only what is wanted counts: the server's defaults and status are nobody's quarrel.
    private static void Compare(JsonNode? wanted, JsonNode? live, IReadOnlyList<string> path, List<IReadOnlyList<string>> found)
    {
        if (wanted is JsonObject left && live is JsonObject right)
        {
            foreach (var (name, value) in left)
            {
                Compare(value, right[name], [.. path, name], found);
            }
        }
        else if (!JsonNode.DeepEquals(wanted, live))
        {
            found.Add(path);
        }
    }

    private static string Writer(KubernetesObject live, IReadOnlyList<string> path)
    {
        var owner = live.ObjectsAt("metadata", "managedFields")
            .Where(entry => ObjectFields.Text(entry["manager"]) != Applying.ObjectWriter.FieldManager && Owns(entry["fieldsV1"], path))
            .OrderByDescending(entry => ObjectFields.Text(entry["time"]), StringComparer.Ordinal)
            .FirstOrDefault();
        return owner is null ? "somebody unknown" : ObjectFields.Text(owner["manager"]);
    }

    private static bool Owns(JsonNode? fields, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if ((fields as JsonObject)?["f:" + name] is not { } inner)
            {
                return false;
            }

            fields = inner;
            if (fields is JsonObject { Count: 0 })
            {
                return true;
            }
        }

        return true;
    }

    private static string Describe(IReadOnlyList<string> path) =>
        string.Concat(path.Select(name => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-') ? "." + name : $"[\"{name}\"]"));
}
