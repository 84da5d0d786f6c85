using System.CommandLine;
using System.Text.Json.Nodes;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cli.Sops;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Preview;
using SecretsOps.KeyManagement;

namespace SecretsOps.Cli.Rendering;

/// <summary>The options that say how a folder is rendered: the same on <c>render</c> and <c>plan</c>; what is not given comes from the variables of Argo CD's plug-in contract.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string> _root = Text("--root", "Folder that files may be read from (default: the repository around DIR, else DIR)", "dir");
    private readonly Option<string> _name = Text("--name", "Release name that charts see (default: $ARGOCD_APP_NAME, else the folder's name)", "name");
    private readonly Option<string> _namespace = Text("--namespace", "Destination namespace (default: $ARGOCD_APP_NAMESPACE)", "name", "-n");
    private readonly Option<string> _kubeVersion = Text("--kube-version", "Kubernetes version that charts see (default: $KUBE_VERSION)", "version");
    private readonly Option<string[]> _apiVersions = Texts("--api-versions", "API version that charts may ask for; repeatable (default: $KUBE_API_VERSIONS)", "version");
    private readonly Option<string[]> _values = Texts("--values", "Values file of a chart, relative to DIR; repeatable; may be encrypted", "file", "-f");
    private readonly Option<string[]> _set = Texts("--set", "Value of a chart as key=value; repeatable", "key=value");
    private readonly Option<bool> _recurse = new("--recurse") { Description = "Take plain manifests from subfolders too" };
    private readonly Option<string> _include = Text("--include", "Only plain manifests whose path fits the pattern", "glob");
    private readonly Option<string> _exclude = Text("--exclude", "No plain manifests whose path fits the pattern", "glob");
    private readonly Option<string> _plugins = Text("--plugins", "Folder of plug-in declarations (plugin.yaml), one folder each", "dir");
    private readonly Option<string[]> _keys = Texts("--key", "Private keys that open SealedSecrets here, as Secrets; repeatable (default: SealedSecrets stay sealed)", "file", "-k");

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { _root, _name, _namespace, _kubeVersion, _apiVersions, _values, _set, _recurse, _include, _exclude, _plugins, _keys })
        {
            command.Options.Add(option);
        }
    }

    internal string Namespace(ParseResult parsed, CliEnvironment environment) => First(parsed.GetRequiredValue(_namespace), environment.Variable("ARGOCD_APP_NAMESPACE"));

    /// <summary>Whether the user said which folder may be read from.</summary>
    internal string GivenRoot(ParseResult parsed) => parsed.GetRequiredValue(_root);

    internal PreviewOptions Read(ParseResult parsed, CliEnvironment environment, string folder) => new()
    {
        Keys = new CachingKeyService(new LocalKeyService(KeyCredentials.FromEnvironment(SopsKeyServices.EnvironmentOf(environment)))),
        SearchPath = environment.Variable("PATH") ?? "",
        Name = First(parsed.GetRequiredValue(_name), environment.Variable("ARGOCD_APP_NAME"), Path.GetFileName(folder.TrimEnd('/'))),
        Namespace = Namespace(parsed, environment),
        Project = First(environment.Variable("ARGOCD_APP_PROJECT_NAME"), "default"),
        Revision = environment.Variable("ARGOCD_APP_REVISION") ?? "",
        KubernetesVersion = First(parsed.GetRequiredValue(_kubeVersion), environment.Variable("KUBE_VERSION")),
        ApiVersions = parsed.GetRequiredValue(_apiVersions) is { Length: > 0 } given
            ? given
            : (environment.Variable("KUBE_API_VERSIONS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Source = Source(parsed),
        ManifestDecryptors = Decryptors(parsed, environment),
        PluginFolder = parsed.GetRequiredValue(_plugins) is { Length: > 0 } plugins ? environment.PathOf(plugins) : "",
        Clock = environment.Time,
    };

    private JsonObject Source(ParseResult parsed)
    {
        var source = new JsonObject();
        var helm = new JsonObject();
        if (parsed.GetRequiredValue(_values) is { Length: > 0 } values)
        {
            helm["valueFiles"] = Array(values.Select(value => JsonValue.Create(value)));
        }

        if (parsed.GetRequiredValue(_set) is { Length: > 0 } pairs)
        {
            helm["parameters"] = Array(pairs.Select(Parameter));
        }

        var directory = new JsonObject();
        AddIf(directory, "include", parsed.GetRequiredValue(_include));
        AddIf(directory, "exclude", parsed.GetRequiredValue(_exclude));
        if (parsed.GetValue(_recurse))
        {
            directory["recurse"] = true;
        }

        AddIf(source, "helm", helm);
        AddIf(source, "directory", directory);
        return source;
    }

    private IReadOnlyList<IManifestDecryptor> Decryptors(ParseResult parsed, CliEnvironment environment) =>
        parsed.GetRequiredValue(_keys) is { Length: > 0 } files
            ? [new SealedSecretOpener(RecoveryKeys.Read(files, path => File.ReadAllBytes(environment.PathOf(path))))]
            : [];

    private static JsonObject Parameter(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new JsonObject { ["name"] = pair[..equals], ["value"] = pair[(equals + 1)..] }
            : throw new CliException($"--set '{pair}' is not key=value", exitCode: CliExitCode.Usage);
    }

    private static void AddIf(JsonObject into, string name, string value)
    {
        if (value.Length > 0)
        {
            into[name] = value;
        }
    }

    private static void AddIf(JsonObject into, string name, JsonObject value)
    {
        if (value.Count > 0)
        {
            into[name] = value;
        }
    }

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);

    private static string First(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return "";
    }

    private static Option<string> Text(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, DefaultValueFactory = _ => "" };

    private static Option<string[]> Texts(string name, string description, string help, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, DefaultValueFactory = _ => [] };
}
