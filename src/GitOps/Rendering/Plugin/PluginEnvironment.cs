using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Rendering.Plugin;

/// <summary>The variables of Argo CD's plug-in contract; what a user sets arrives only under a prefix, so that none can replace PATH.</summary>
internal static class PluginEnvironment
{
    private const string UserPrefix = "ARGOCD_ENV_";
    private const string ParameterPrefix = "PARAM_";

    public static Dictionary<string, string> For(RenderRequest request)
    {
        var build = new BuildEnvironment(request);
        var variables = new Dictionary<string, string>(build.Variables, StringComparer.Ordinal)
        {
            ["KUBE_VERSION"] = request.KubernetesVersion,
            ["KUBE_API_VERSIONS"] = string.Join(',', request.ApiVersions),
        };
        var plugin = request.Source.Plugin ?? [];
        foreach (var entry in plugin.ObjectsAt("env"))
        {
            variables[UserPrefix + entry.TextAt("name")] = build.Expand(entry.TextAt("value"));
        }

        variables["ARGOCD_APP_PARAMETERS"] = (plugin["parameters"] as JsonArray ?? []).ToJsonString();
        foreach (var parameter in plugin.ObjectsAt("parameters"))
        {
            AddParameter(variables, ParameterPrefix + Upper(parameter.TextAt("name")), parameter);
        }

        return variables;
    }

    private static void AddParameter(Dictionary<string, string> variables, string name, JsonObject parameter)
    {
        if (parameter["string"] is { } text)
        {
            variables[name] = text.ToString();
        }

        var items = parameter.TextsAt("array");
        for (var i = 0; i < items.Count; i++)
        {
            variables[string.Create(CultureInfo.InvariantCulture, $"{name}_{i}")] = items[i];
        }

        foreach (var (key, value) in parameter.MapAt("map"))
        {
            variables[$"{name}_{Upper(key)}"] = value;
        }
    }

    private static string Upper(string name) => string.Concat(name.ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
