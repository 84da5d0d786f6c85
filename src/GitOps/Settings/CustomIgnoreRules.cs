using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Settings;

/// <summary>Reads differences to ignore from <c>resource.customizations</c> and <c>resource.customizations.ignoreDifferences.GROUP_KIND</c>.</summary>
internal static class CustomIgnoreRules
{
    private const string Prefix = "resource.customizations.ignoreDifferences.";
    private const string Everything = "all";

    public static IReadOnlyList<IgnoreRule> Read(JsonObject data, List<string> problems)
    {
        var rules = new List<IgnoreRule>();
        foreach (var (key, _) in data.Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = key[Prefix.Length..];
            var (group, kind) = name == Everything ? ("*", "*") : name.LastIndexOf('_') is var split and >= 0 ? (name[..split], name[(split + 1)..]) : ("", name);
            Add(rules, group, kind, EngineSettings.Yaml(data, key, problems));
        }

        // The older notation: one document, keys GROUP/KIND, the rules as text inside of it.
        foreach (var (name, value) in EngineSettings.Yaml(data, "resource.customizations", problems) as JsonObject ?? [])
        {
            var (group, kind) = name.LastIndexOf('/') is var split and >= 0 ? (name[..split], name[(split + 1)..]) : ("", name);
            var text = (value as JsonObject)?.TextAt("ignoreDifferences") ?? "";
            Add(rules, group, kind, EngineSettings.Yaml(new JsonObject { ["ignoreDifferences"] = text }, "ignoreDifferences", problems));
        }

        return rules;
    }

    private static void Add(List<IgnoreRule> rules, string group, string kind, JsonNode? fields)
    {
        if (fields is not JsonObject rule)
        {
            return;
        }

        var json = (JsonObject)rule.DeepClone();
        (json["group"], json["kind"]) = (group, kind);
        rules.Add(new IgnoreRule(json));
    }
}
