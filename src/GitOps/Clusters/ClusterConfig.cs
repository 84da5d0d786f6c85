using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Clusters;

/// <summary>The <c>config</c> of a cluster Secret, put into the words of a kubeconfig.</summary>
internal sealed class ClusterConfig(JsonObject config)
{
    private readonly JsonObject _tls = config["tlsClientConfig"] as JsonObject ?? [];

    public JsonObject ToCluster(string server)
    {
        var cluster = new JsonObject { ["server"] = server };
        SetText(cluster, "certificate-authority-data", _tls.TextAt("caData"));
        SetText(cluster, "tls-server-name", _tls.TextAt("serverName"));
        SetText(cluster, "proxy-url", config.TextAt("proxyUrl"));
        SetFlag(cluster, "insecure-skip-tls-verify", _tls.FlagAt("insecure"));
        SetFlag(cluster, "disable-compression", config.FlagAt("disableCompression"));
        if ((config["execProviderConfig"] as JsonObject)?["config"] is { } extension)
        {
            var entry = new JsonObject { ["name"] = "client.authentication.k8s.io/exec", ["extension"] = extension.DeepClone() };
            cluster["extensions"] = new JsonArray((JsonNode)entry);
        }

        return cluster;
    }

    public JsonObject ToUser()
    {
        var user = new JsonObject();
        SetText(user, "token", config.TextAt("bearerToken"));
        SetText(user, "username", config.TextAt("username"));
        SetText(user, "password", config.TextAt("password"));
        SetText(user, "client-certificate-data", _tls.TextAt("certData"));
        SetText(user, "client-key-data", _tls.TextAt("keyData"));
        if (Exec() is { } exec)
        {
            user["exec"] = exec;
        }

        return user;
    }

    private JsonObject? Exec() =>
        config["execProviderConfig"] is JsonObject exec ? Provider(exec)
        : config["awsAuthConfig"] is JsonObject aws ? Aws(aws)
        : null;

    private static JsonObject Provider(JsonObject given)
    {
        var exec = new JsonObject { ["interactiveMode"] = "Never" };
        foreach (var name in new[] { "apiVersion", "command", "args", "installHint", "provideClusterInfo" })
        {
            if (given[name] is { } value)
            {
                exec[name] = value.DeepClone();
            }
        }

        // Argo CD writes the variables as a map, a kubeconfig as a list.
        var variables = given.MapAt("env").Select(pair => (JsonNode)new JsonObject { ["name"] = pair.Key, ["value"] = pair.Value });
        exec["env"] = new JsonArray([.. variables]);
        return exec;
    }

    // Compatibility: Argo CD has a program of its own here; the AWS command line prints the same token.
    private static JsonObject Aws(JsonObject aws)
    {
        var arguments = new JsonArray("eks", "get-token", "--output", "json", "--cluster-name", aws.TextAt("clusterName"));
        AddOption(arguments, "--role-arn", aws.TextAt("roleARN"));
        AddOption(arguments, "--profile", aws.TextAt("profile"));
        return new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1beta1",
            ["command"] = "aws",
            ["args"] = arguments,
            ["interactiveMode"] = "Never",
            ["installHint"] = "awsAuthConfig needs the program 'aws' (AWS CLI 2) beside the controller",
        };
    }

    private static void AddOption(JsonArray arguments, string name, string value)
    {
        if (value.Length > 0)
        {
            arguments.Add((JsonNode)name);
            arguments.Add((JsonNode)value);
        }
    }

    private static void SetText(JsonObject target, string name, string value)
    {
        if (value.Length > 0)
        {
            target[name] = value;
        }
    }

    private static void SetFlag(JsonObject target, string name, bool value)
    {
        if (value)
        {
            target[name] = true;
        }
    }
}
