using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Several kubeconfig files read as one: for each name the first file that has it wins.</summary>
internal sealed class KubeconfigFiles
{
    private readonly Dictionary<(string Kind, string Name), ConfigEntry> _entries = [];

    internal string CurrentContext { get; private set; } = "";

    internal List<string> Files { get; } = [];

    internal static KubeconfigFiles Read(KubeconfigOptions options)
    {
        var files = new KubeconfigFiles();
        if (options.Path.Length > 0)
        {
            files.Add(options.Path);
            return files;
        }

        var candidates = options.KubeconfigVariable.Length > 0
            ? options.KubeconfigVariable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : options.HomeDirectory.Length > 0 ? [Path.Combine(options.HomeDirectory, ".kube", "config")] : [];
        foreach (var candidate in candidates.Where(File.Exists))
        {
            files.Add(candidate);
        }

        return files;
    }

    internal ConfigEntry? Find(string kind, string name) => _entries.GetValueOrDefault((kind, name));

    internal IEnumerable<string> Names(string kind) => _entries.Keys.Where(key => key.Kind == kind).Select(key => key.Name);

    internal string Describe() => Files.Count == 0 ? "no kubeconfig file" : string.Join(", ", Files);

    private void Add(string path)
    {
        Files.Add(path);
        if (Parse(path) is not { } root)
        {
            return; // an empty file is an empty kubeconfig
        }

        var current = root["current-context"]?.ToString() ?? "";
        CurrentContext = CurrentContext.Length > 0 ? CurrentContext : current;
        AddAll(path, root, "clusters", "cluster");
        AddAll(path, root, "users", "user");
        AddAll(path, root, "contexts", "context");
    }

    private static JsonObject? Parse(string path)
    {
        try
        {
            var documents = ManifestReader.ReadDocuments(File.ReadAllBytes(path), path, DuplicateKeys.LastWins);
            return documents.Count == 0 || documents[0].Root is null
                ? null
                : documents[0].Root as JsonObject ?? throw new KubeconfigException($"{path}: expected a kubeconfig (a mapping)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path}: cannot read the kubeconfig: {e.Message}", e);
        }
        catch (ManifestException e)
        {
            throw new KubeconfigException($"{e.Message}; is it a kubeconfig?", e);
        }
    }

    private void AddAll(string path, JsonObject root, string list, string kind)
    {
        foreach (var item in root[list] as JsonArray ?? [])
        {
            if (item is JsonObject named && named["name"]?.ToString() is { Length: > 0 } name)
            {
                _entries.TryAdd((kind, name), new ConfigEntry(kind, name, path, named[kind] as JsonObject ?? []));
            }
        }
    }
}
