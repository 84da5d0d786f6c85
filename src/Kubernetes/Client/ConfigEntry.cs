using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client;

/// <summary>One cluster, user or context of a kubeconfig, with the file it came from.</summary>
internal sealed record ConfigEntry(string Kind, string Name, string File, JsonObject Json)
{
    /// <summary>An entry that says nothing, for when flags say everything.</summary>
    internal static ConfigEntry Empty(string kind) => new(kind, "", "", []);

    /// <summary>How messages name it: <c>/home/me/.kube/config: user 'dev'</c>.</summary>
    internal string Place => File.Length == 0 ? $"the command line's {Kind}" : $"{File}: {Kind} '{Name}'";

    internal string Text(string name)
    {
        return Json[name] switch
        {
            null => "",
            JsonValue value when value.TryGetValue(out string? text) => text,
            _ => throw new KubeconfigException($"{Place}: '{name}' must be text"),
        };
    }

    internal bool? Flag(string name)
    {
        return Json[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out bool flag) => flag,
            _ => throw new KubeconfigException($"{Place}: '{name}' must be true or false"),
        };
    }

    internal JsonObject? Section(string name)
    {
        return Json[name] switch
        {
            null => null,
            JsonObject section => section,
            _ => throw new KubeconfigException($"{Place}: '{name}' must be a mapping"),
        };
    }

    internal IReadOnlyList<string> Texts(string name) =>
        Json[name] is JsonArray array ? array.Select(item => item?.ToString() ?? "").ToArray() : [];

    /// <summary>A path of this entry; relative ones start at the kubeconfig's directory.</summary>
    internal string FullPath(string path) =>
        Path.IsPathRooted(path) || File.Length == 0 ? path : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File))!, path);

    /// <summary>Bytes given in place (<c>name-data</c>, base64) or by a file (<c>name</c>); null when neither is.</summary>
    internal byte[]? DataOrFile(string name)
    {
        var data = Text(name + "-data");
        if (data.Length > 0)
        {
            try
            {
                return Convert.FromBase64String(data);
            }
            catch (FormatException e)
            {
                throw new KubeconfigException($"{Place}: '{name}-data' is not base64", e);
            }
        }

        var path = Text(name);
        return path.Length == 0 ? null : ReadFile(name, FullPath(path));
    }

    internal string SourceOf(string name) => Text(name + "-data").Length > 0 ? $"{Place}: '{name}-data'" : FullPath(Text(name));

    private byte[] ReadFile(string name, string path)
    {
        try
        {
            return System.IO.File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{Place}: cannot read '{name}' from '{path}': {e.Message}", e);
        }
    }
}
