using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Fills in the defaults of built-in kinds: <c>Data/defaults.txt</c>, and what that file cannot say.</summary>
internal sealed class BuiltInDefaults
{
    private static readonly Lazy<BuiltInDefaults> Shared = new(Load);

    private static readonly Dictionary<string, Action<JsonObject>> Special = new(StringComparer.Ordinal)
    {
        ["core.v1.Secret"] = MergeStringData,
        ["core.v1.Namespace"] = LabelNamespace,
        ["core.v1.Container"] = ImagePullPolicy,
        ["core.v1.EphemeralContainer"] = ImagePullPolicy,
        ["core.v1.Volume"] = EmptyVolume,
        ["core.v1.Service"] = TargetPorts,
        ["core.v1.Pod"] = PodDefaults,
        ["batch.v1.Job"] = LabelsFromTemplate,
        ["apps.v1.StatefulSet"] = ClaimTemplates,
        ["apps.v1.DaemonSet"] = set => TemplateGeneration.Annotate(set, TemplateGeneration.Of(set)),
        ["networking.v1.NetworkPolicy"] = PolicyTypes,
        ["apiextensions.v1.CustomResourceDefinitionSpec"] = CrdNames,
    };

    private static readonly string[] ContainerLists = ["initContainers", "containers"];

    private readonly Dictionary<string, List<Rule>> _rules = new(StringComparer.Ordinal);

    /// <summary>Fills in an object of a built-in type, and everything inside it.</summary>
    public static void Apply(JsonObject body, StructuralSchema schema) => Shared.Value.Visit(body, schema);

    private static BuiltInDefaults Load()
    {
        using var stream = typeof(BuiltInDefaults).Assembly.GetManifestResourceStream("defaults.txt")
            ?? throw new InvalidOperationException("The resource 'defaults.txt' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var defaults = new BuiltInDefaults();
        List<Rule> rules = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                rules.Add(Rule.Parse(line.Trim()));
            }
            else if (!line.StartsWith('#'))
            {
                defaults._rules[line.Trim()] = rules = [];
            }
        }

        return defaults;
    }

    private void Visit(JsonNode? node, StructuralSchema schema)
    {
        if (node is JsonArray list && schema.List is { } listShape)
        {
            foreach (var item in list)
            {
                Visit(item, listShape.Element);
            }
        }
        else if (node is JsonObject map && schema.Map is { } shape && schema.Wire is WireType.None)
        {
            VisitMap(map, shape, schema.Name);
        }
    }

    private void VisitMap(JsonObject map, MapShape shape, string type)
    {
        foreach (var field in shape.Fields.Values.Where(field => field.Default is not null && map[field.Name] is null))
        {
            map[field.Name] = field.Default!.DeepClone();
        }

        foreach (var rule in _rules.GetValueOrDefault(type) ?? [])
        {
            rule.Apply(map);
        }

        foreach (var (name, child) in map.ToList())
        {
            Visit(child, shape.TypeOf(name));
        }

        Special.GetValueOrDefault(type)?.Invoke(map);
    }

    private static void MergeStringData(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject texts)
        {
            return;
        }

        var data = secret["data"] as JsonObject ?? [];
        foreach (var (key, value) in texts)
        {
            data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }

        secret.Remove("stringData");
        if (data.Count > 0)
        {
            secret["data"] = data.Parent is null ? data : data.DeepClone();
        }
    }

    private static void LabelNamespace(JsonObject @namespace)
    {
        if (@namespace["metadata"] is JsonObject metadata && metadata["name"] is { } name)
        {
            if (metadata["labels"] is not JsonObject)
            {
                metadata["labels"] = new JsonObject();
            }

            metadata["labels"]!["kubernetes.io/metadata.name"] = name.DeepClone();
        }
    }

    private static void ImagePullPolicy(JsonObject container)
    {
        if (container["imagePullPolicy"] is null)
        {
            container["imagePullPolicy"] = IsLatest(container["image"]?.ToString() ?? "") ? "Always" : "IfNotPresent";
        }
    }

    private static bool IsLatest(string image)
    {
        if (image.Contains('@', StringComparison.Ordinal) || image.Length == 0)
        {
            return false;
        }

        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] == "latest";
    }

    private static void EmptyVolume(JsonObject volume)
    {
        if (volume.All(pair => pair.Key == "name"))
        {
            volume["emptyDir"] = new JsonObject();
        }
    }

    private static void TargetPorts(JsonObject service)
    {
        foreach (var port in (service["spec"]?["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (port["targetPort"] is null || port["targetPort"]!.ToString() is "0" or "")
            {
                port["targetPort"] = port["port"]?.DeepClone();
            }
        }
    }

    private static void PodDefaults(JsonObject pod)
    {
        var containers = Containers(pod["spec"]).ToList();
        foreach (var resources in containers.Select(container => container["resources"]).OfType<JsonObject>())
        {
            RequestLimits(resources);
        }

        if (pod["spec"]?["hostNetwork"]?.ToString() == "true")
        {
            foreach (var port in containers.SelectMany(container => container["ports"] as JsonArray ?? []).OfType<JsonObject>())
            {
                port["hostPort"] ??= port["containerPort"]?.DeepClone();
            }
        }
    }

    private static void RequestLimits(JsonObject resources)
    {
        if (resources["limits"] is not JsonObject { Count: > 0 } limits)
        {
            return;
        }

        var requests = resources["requests"] as JsonObject ?? [];
        foreach (var (name, value) in limits.Where(pair => !requests.ContainsKey(pair.Key)))
        {
            requests[name] = value?.DeepClone();
        }

        resources["requests"] = requests.Parent is null ? requests : requests.DeepClone();
    }

    private static IEnumerable<JsonObject> Containers(JsonNode? spec) =>
        ContainerLists.SelectMany(name => spec?[name] as JsonArray ?? []).OfType<JsonObject>();

    private static void LabelsFromTemplate(JsonObject job)
    {
        if (job["metadata"] is JsonObject metadata && metadata["labels"] is null && job["spec"]?["template"]?["metadata"]?["labels"] is { } labels)
        {
            metadata["labels"] = labels.DeepClone();
        }
    }

    private static void ClaimTemplates(JsonObject set)
    {
        foreach (var claim in (set["spec"]?["volumeClaimTemplates"] as JsonArray ?? []).OfType<JsonObject>())
        {
            (claim["apiVersion"], claim["kind"]) = ("v1", "PersistentVolumeClaim");
        }
    }

    private static void PolicyTypes(JsonObject policy)
    {
        if (policy["spec"] is JsonObject spec && spec["policyTypes"] is not JsonArray { Count: > 0 })
        {
            spec["policyTypes"] = spec["egress"] is JsonArray { Count: > 0 } ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
        }
    }

    private static void CrdNames(JsonObject spec)
    {
        if (spec["names"] is JsonObject names && names["kind"]?.ToString() is { Length: > 0 } kind)
        {
            names["singular"] ??= kind.ToLowerInvariant();
            names["listKind"] ??= kind + "List";
        }
    }

    /// <summary>One line of the file.</summary>
    private sealed record Rule(string[] Conditions, string[] Path, JsonNode Value)
    {
        public static Rule Parse(string line)
        {
            var equals = line.IndexOf(" = ", StringComparison.Ordinal);
            var head = line[..equals];
            var colon = head.LastIndexOf(": ", StringComparison.Ordinal);
            var conditions = colon < 0 ? [] : head[..colon].Split(' ');
            return new(conditions, head[(colon < 0 ? 0 : colon + 2)..].Split('.'), JsonNode.Parse(line[(equals + 3)..])!);
        }

        public void Apply(JsonObject map)
        {
            if (!Conditions.All(condition => Holds(map, condition)))
            {
                return;
            }

            foreach (var step in Path[..^1])
            {
                if (map[step] is not JsonObject child)
                {
                    map[step] = child = [];
                }

                map = child;
            }

            if (map[Path[^1]] is null || map[Path[^1]]!.ToString().Length == 0)
            {
                map[Path[^1]] = Value.DeepClone();
            }
        }

        private static JsonNode? At(JsonObject map, string path) =>
            path.Split('.').Aggregate((JsonNode?)map, (node, step) => (node as JsonObject)?[step]);

        private static bool Holds(JsonObject map, string condition)
        {
            var parts = condition.Split('=', 2);
            return parts.Length == 2 ? At(map, parts[0])?.ToString() == parts[1]
                : condition[0] == '!' ? At(map, condition[1..]) is null
                : At(map, condition) is not null;
        }
    }
}
