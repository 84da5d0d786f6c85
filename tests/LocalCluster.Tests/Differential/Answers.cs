using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>Takes out of answers what differs from run to run: identities, versions, times and allocated addresses.</summary>
internal static partial class Answers
{
    private static readonly string[] Volatile = ["uid", "resourceVersion", "creationTimestamp", "selfLink"];
    private static readonly string[] Allocated = ["clusterIP", "nodePort", "healthCheckNodePort"];

    public static JsonObject Normalize(int code, JsonNode body)
    {
        var uid = body["metadata"]?["uid"]?.ToString();
        var text = body.ToJsonString();
        var clone = JsonNode.Parse(string.IsNullOrEmpty(uid) ? text : text.Replace(uid, "UID", StringComparison.Ordinal))!;
        Visit(clone);
        return new JsonObject { ["code"] = code, ["body"] = Sorted(clone) };
    }

    /// <summary>A recorded answer under today's normalization.</summary>
    public static JsonObject Reread(JsonNode answer) => Normalize((int)answer["code"]!, answer["body"]!);

    private static void Visit(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Visit(item);
            }
        }
        else if (node is JsonObject map)
        {
            foreach (var (name, value) in map.ToList())
            {
                if (value is JsonValue && Volatile.Contains(name))
                {
                    map.Remove(name);
                }
                else if (name == "finalizers" && value is JsonArray { Count: 1 } finalizers && finalizers[0]!.ToString().EndsWith("-protection", StringComparison.Ordinal))
                {
                    map.Remove(name); // an admission plugin's, for a controller this cluster does not have
                }
                else if (name == "clusterIPs" && value is JsonArray addresses && addresses[0]!.ToString() != "None")
                {
                    map[name] = new JsonArray("IP");
                }
                else if (value is JsonValue && Allocated.Contains(name) && value.ToString() != "None")
                {
                    map[name] = name;
                }
                else if (value is JsonValue && name is "time" or "lastTransitionTime" or "lastPhaseTransitionTime")
                {
                    map[name] = "TIME";
                }
                else if (name == "message" && value is JsonValue)
                {
                    // A refused patch quotes the object it made; ours does not, for it may be a Secret.
                    var text = QuotedObject().Replace(value.ToString(), "Invalid value: \"{…}\": ");
                    map[name] = text.Split("\n@@")[0]; // nor does it append a difference of Go structures
                }
                else
                {
                    Visit(value);
                }
            }

            Causes(map);
            if (map["details"]?["causes"] is JsonArray { Count: > 1 } && map["message"]?.ToString() is { } message)
            {
                // The order of several causes is Go's order of visiting maps; the causes themselves are compared sorted.
                map["message"] = message[..(message.IndexOf(": [", StringComparison.Ordinal) is var end and > 0 ? end : message.Length)];
            }
        }
    }

    /// <summary>The API server repeats some causes for each of its passes; the set of them is what counts.</summary>
    private static void Causes(JsonObject map)
    {
        if (map["causes"] is JsonArray causes)
        {
            map["causes"] = new JsonArray([.. causes.DistinctBy(cause => $"{cause!["field"]} {cause["message"]}")
                .OrderBy(cause => $"{cause!["field"]} {cause["message"]}", StringComparer.Ordinal).Select(cause => cause!.DeepClone())]);
        }
    }

    [GeneratedRegex("Invalid value: \"\\{.*\\}\": ")]
    private static partial Regex QuotedObject();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
