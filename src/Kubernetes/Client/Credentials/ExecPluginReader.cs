using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>Reads the <c>exec</c> section of a kubeconfig user.</summary>
internal static class ExecPluginReader
{
    private const string Group = "client.authentication.k8s.io/";

    internal static ExecPluginCommand Read(JsonObject exec, ConfigEntry user, ConfigEntry cluster, KubeconfigOptions options)
    {
        var section = user with { Json = exec };
        var version = section.Text("apiVersion");
        if (version is not (Group + "v1" or Group + "v1beta1"))
        {
            throw new KubeconfigException($"{user.Place}: exec.apiVersion '{version}' is not supported; use {Group}v1 and a newer plugin");
        }

        var name = section.Text("command");
        if (name.Length == 0)
        {
            throw new KubeconfigException($"{user.Place}: exec.command is missing");
        }

        var hint = section.Text("installHint");
        return new ExecPluginCommand(
            user.Place, FindProgram(name, user, options, hint), section.Texts("args"), Environment(exec), Info(version, section, cluster, options), hint);
    }

    private static string FindProgram(string name, ConfigEntry user, KubeconfigOptions options, string hint)
    {
        if (name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return user.FullPath(name);
        }

        // An absolute path from PATH: Process.Start would look beside our own executable first.
        var directories = (options.EnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var names = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd", name] : (string[])[name];
        var found = directories.SelectMany(directory => names.Select(file => Path.Combine(directory, file))).FirstOrDefault(File.Exists);
        return found ?? throw new KubeconfigException(
            $"{user.Place}: credential plugin '{name}' was not found in PATH{(hint.Length > 0 ? "; " + hint.Trim() : "; install it or correct exec.command")}");
    }

    private static Dictionary<string, string> Environment(JsonObject exec)
    {
        var variables = new Dictionary<string, string>();
        foreach (var item in (exec["env"] as JsonArray ?? []).OfType<JsonObject>())
        {
            variables[item["name"]?.ToString() ?? ""] = item["value"]?.ToString() ?? "";
        }

        variables.Remove("");
        return variables;
    }

    private static string Info(string version, ConfigEntry section, ConfigEntry cluster, KubeconfigOptions options)
    {
        var isInteractive = section.Text("interactiveMode") != "Never" && !Console.IsInputRedirected;
        var spec = new JsonObject { ["interactive"] = isInteractive };
        if (section.Flag("provideClusterInfo") == true)
        {
            var server = options.Server.Length > 0 ? options.Server : cluster.Text("server");
            var described = new JsonObject { ["server"] = server };
            CopyIfSet(described, cluster, "tls-server-name", "insecure-skip-tls-verify", "proxy-url", "disable-compression");
            if (cluster.DataOrFile("certificate-authority") is { } authority)
            {
                described["certificate-authority-data"] = Convert.ToBase64String(authority);
            }

            if (ExecConfiguration(cluster) is { } config)
            {
                described["config"] = config.DeepClone();
            }

            spec["cluster"] = described;
        }

        return new JsonObject { ["apiVersion"] = version, ["kind"] = "ExecCredential", ["spec"] = spec }.ToJsonString();
    }

    private static void CopyIfSet(JsonObject target, ConfigEntry cluster, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (cluster.Json[name] is { } value)
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private static JsonNode? ExecConfiguration(ConfigEntry cluster)
    {
        var extensions = (cluster.Json["extensions"] as JsonArray ?? []).OfType<JsonObject>();
        return extensions.FirstOrDefault(extension => extension["name"]?.ToString() == "client.authentication.k8s.io/exec")?["extension"];
    }
}
