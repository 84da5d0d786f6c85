using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Preview;

/// <summary>Replaces the values of Secrets by runs of <c>+</c>: equal values get equal runs, and nothing else can be told from them.</summary>
/// <remarks>Compatibility: as in Argo CD the first value of a key is eight marks long and each further one four more.</remarks>
internal static class SecretMask
{
    private const int FirstLength = 8;
    private const int Step = 4;

    /// <summary>Masks several states of one Secret together; other kinds stay as they are.</summary>
    public static void Apply(params IReadOnlyList<KubernetesObject?> states)
    {
        List<KubernetesObject> secrets = [.. states.OfType<KubernetesObject>().Where(state => state.Key is { Group: "", Kind: "Secret" })];
        secrets.ForEach(Fold);
        foreach (var key in secrets.SelectMany(Data).Select(entry => entry.Key).Distinct().ToList())
        {
            Mask(secrets.Select(secret => secret.Json["data"] as JsonObject), key);
        }

        Mask(secrets.Select(secret => secret.Metadata["annotations"] as JsonObject), Annotations.LastApplied);
    }

    // stringData is what a person writes and data what the server keeps: compared, they are the same.
    private static void Fold(KubernetesObject secret)
    {
        if (secret.Json["stringData"] is JsonObject texts)
        {
            var data = secret.Json["data"] as JsonObject ?? [];
            foreach (var (name, value) in texts)
            {
                data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
            }

            secret.Json["data"] = data.Parent is null ? data : data.DeepClone();
            secret.Json.Remove("stringData");
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Data(KubernetesObject secret) => secret.Json["data"] as JsonObject ?? [];

    private static void Mask(IEnumerable<JsonObject?> maps, string key)
    {
        var runs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var map in maps.OfType<JsonObject>().Where(map => map.ContainsKey(key)))
        {
            var value = map[key]?.ToString() ?? "";
            if (!runs.TryGetValue(value, out var run))
            {
                runs[value] = run = new string('+', FirstLength + (Step * runs.Count));
            }

            map[key] = run;
        }
    }
}
