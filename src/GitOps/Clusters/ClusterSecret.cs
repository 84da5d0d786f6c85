using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Clusters;

/// <summary>A Secret labelled <c>argocd.argoproj.io/secret-type: cluster</c>: a destination, and how to speak to it.</summary>
internal sealed class ClusterSecret
{
    public const string Type = "cluster";

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    private readonly KubernetesObject _secret;
    private readonly SecretText _data;

    public ClusterSecret(KubernetesObject secret)
    {
        _secret = secret;
        _data = new SecretText(secret);
    }

    /// <summary>The API server's address without a trailing slash.</summary>
    public string Server => _data["server"].Trim().TrimEnd('/');

    public string Name => _data["name"] is { Length: > 0 } name ? name : Server;

    /// <summary>The only AppProject whose Applications may use the cluster; empty for all.</summary>
    public string Project => _data["project"];

    /// <summary>The only namespaces that are watched and written; empty for all.</summary>
    public IReadOnlyList<string> Namespaces => _data["namespaces"].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether objects outside of namespaces are managed too, where only some namespaces are.</summary>
    public bool ManagesClusterResources => Namespaces.Count == 0 || _data["clusterResources"] == "true";

    public bool IsSkipped => _secret.Annotation(Annotations.SkipReconcile) == "true";

    /// <summary>Changes whenever anything does that decides how the cluster is spoken to, or when the Secret's refresh annotation does.</summary>
    public string Fingerprint(KeyedDigest digest)
    {
        var content = new JsonObject { ["data"] = _secret.Json["data"]?.DeepClone(), ["refresh"] = _secret.Annotation(Annotations.Refresh) };
        return digest.Of(content);
    }

    /// <summary>What generators of ApplicationSets may know: names and labels, nothing secret.</summary>
    public KnownCluster Describe() => new()
    {
        Name = Name,
        Server = Server,
        Project = Project,
        Labels = Map("labels"),
        Annotations = Map("annotations"),
    };

    /// <summary>The way to the cluster.</summary>
    /// <exception cref="KubeconfigException">A field of <c>config</c> cannot be used; the message names it, and no secret.</exception>
    public ClusterConnection Connect(TimeProvider clock, Func<string, string?> environment)
    {
        var place = $"Secret/{_secret.Namespace}/{_secret.Name}";
        var fields = new ClusterConfig(Config(place));
        var options = new KubeconfigOptions { RequestTimeout = RequestLimit, TimeProvider = clock, EnvironmentVariable = environment, UserAgent = "secretsops-controller" };
        return Kubeconfig.Describe(place, fields.ToCluster(Server), fields.ToUser(), options);
    }

    private JsonObject Config(string place)
    {
        var text = _data["config"];
        try
        {
            return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? throw new KubeconfigException($"{place}: 'config' must be a JSON object");
        }
        catch (JsonException)
        {
            // The parser's own message may quote a credential.
            throw new KubeconfigException($"{place}: 'config' is not valid JSON");
        }
    }

    private IReadOnlyDictionary<string, string> Map(string name) => _secret.Metadata.MapAt(name);

    /// <summary>The identity only.</summary>
    public override string ToString() => _secret.Key.ToString();
}

/// <summary>The values of a Secret as text; what is missing is empty.</summary>
internal sealed class SecretText(KubernetesObject secret)
{
    private readonly JsonObject _data = secret.Json["data"] as JsonObject ?? [];

    public string this[string key]
    {
        get
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(_data.TextAt(key)));
            }
            catch (FormatException)
            {
                return "";
            }
        }
    }

    public bool Flag(string key) => this[key] == "true";

    public int Number(string key) => int.TryParse(this[key], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    public override string ToString() => $"[{_data.Count} secret values]";
}
