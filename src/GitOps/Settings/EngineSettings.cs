using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Settings;

/// <summary>What Argo CD's ConfigMap <c>argocd-cm</c> says that concerns the engine; what cannot be read is told and counts as not said.</summary>
internal sealed record EngineSettings
{
    /// <summary>The ConfigMap's name.</summary>
    public const string MapName = "argocd-cm";

    public static readonly EngineSettings Default = new();

    /// <summary>Whether a folder with a chart is rendered by Helm where nothing is said.</summary>
    public bool UsesHelm { get; init; } = true;

    /// <summary>Whether a folder with a kustomization is built by Kustomize where nothing is said.</summary>
    public bool UsesKustomize { get; init; } = true;

    /// <summary>Further arguments of every <c>kustomize build</c>.</summary>
    public IReadOnlyList<string> KustomizeOptions { get; init; } = [];

    /// <summary>Differences to ignore in every Application.</summary>
    public IReadOnlyList<IgnoreRule> IgnoreRules { get; init; } = [];

    /// <summary>Which kinds the engine looks at.</summary>
    public KindFilter Kinds { get; init; } = KindFilter.Default;

    /// <summary>Projects whose rules others take over.</summary>
    public IReadOnlyList<GlobalProject> GlobalProjects { get; init; } = [];

    /// <summary>What could not be read, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Changes whenever anything here does.</summary>
    public string Version { get; init; } = "";

    /// <summary>Reads the ConfigMap's <c>data</c>.</summary>
    public static EngineSettings Read(JsonObject data)
    {
        var problems = new List<string>();
        return new EngineSettings
        {
            UsesHelm = data.TextAt("helm.enable") != "false",
            UsesKustomize = data.TextAt("kustomize.enable") != "false",
            KustomizeOptions = data.TextAt("kustomize.buildOptions").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            IgnoreRules = CustomIgnoreRules.Read(data, problems),
            Kinds = KindFilter.Read(Yaml(data, "resource.exclusions", problems) as JsonArray, Yaml(data, "resource.inclusions", problems) as JsonArray),
            GlobalProjects = [.. (Yaml(data, "globalProjects", problems) as JsonArray ?? []).OfType<JsonObject>().Select(entry => new GlobalProject(entry.TextAt("projectName"), entry["labelSelector"] as JsonObject ?? []))],
            Problems = problems,
            Version = data.ToJsonString(),
        };
    }

    /// <summary>The YAML that a key holds, or null.</summary>
    public static JsonNode? Yaml(JsonObject data, string key, List<string> problems)
    {
        var text = data.TextAt(key);
        try
        {
            return text.Length == 0 ? null : YamlText.ToJson(Encoding.UTF8.GetBytes(text), $"{MapName}, {key}") is [var document, ..] ? document.Root : null;
        }
        catch (ManifestException malformed)
        {
            problems.Add($"{MapName}: '{key}' is not read: {malformed.Message}");
            return null;
        }
    }
}

/// <summary>A project whose repositories, destinations, lists and windows count for every project with matching labels.</summary>
internal sealed record GlobalProject(string Name, JsonObject Selector);
