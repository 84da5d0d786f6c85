using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>Where a kind keeps its replica counts and selector, and how they read as a <c>Scale</c>.</summary>
internal sealed class ScalePaths
{
    private readonly string[] _spec;
    private readonly string[] _status;
    private readonly string[] _selector;

    private ScalePaths(string spec, string status, string selector) => (_spec, _status, _selector) = (Split(spec), Split(status), Split(selector));

    internal static ScalePaths Of(ResourceKind kind) => kind.Custom?.Scale is { } scale
        ? new(scale.Text("specReplicasPath"), scale.Text("statusReplicasPath"), scale.Text("labelSelectorPath"))
        : new(".spec.replicas", ".status.replicas", ".spec.selector");

    internal JsonObject ScaleOf(JsonObject item)
    {
        var metadata = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            metadata.CopyField(item["metadata"], field);
        }

        var status = new JsonObject { ["replicas"] = item.Number(_status) };
        if (SelectorText(item.Find(_selector)) is { Length: > 0 } selector)
        {
            status["selector"] = selector;
        }

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = item.Number(_spec) },
            ["status"] = status,
        };
    }

    /// <summary>The object with the replica count, and where given the version, of a <c>Scale</c>.</summary>
    internal JsonObject WriteInto(JsonObject item, JsonObject scale)
    {
        if (scale.Find("spec", "replicas") is not null && scale.TryNumber("spec", "replicas") is not >= 0)
        {
            throw ApiErrors.BadRequest("spec.replicas: Invalid value: must be a whole number greater than or equal to 0");
        }

        var parent = item;
        foreach (var name in _spec[..^1])
        {
            parent = parent.Section(name);
        }

        parent[_spec[^1]] = scale.Number("spec", "replicas");
        if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version)
        {
            item.Section("metadata")["resourceVersion"] = version;
        }

        return item;
    }

    private static string[] Split(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private string SelectorText(JsonNode? selector) => selector switch
    {
        _ when _selector.Length == 0 => "",
        JsonValue text => text.Text(),
        JsonObject map => string.Join(',', (map["matchLabels"] as JsonObject ?? (map.ContainsKey("matchExpressions") ? [] : map)).Select(label => $"{label.Key}={label.Value.Text()}")),
        _ => "",
    };
}
