using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.Controller.Up;

/// <summary>The Application that <c>--repo</c> asks for: named after the repository, synchronised, pruned and healed by itself.</summary>
internal static class LocalApplication
{
    /// <summary>The manifest as JSON.</summary>
    public static string Manifest(UpOptions options) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = NameOf(options.Repository, options.Path), ["namespace"] = LocalBootstrap.ApplicationsNamespace },
        ["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = UrlOf(options.Repository), ["path"] = options.Path, ["targetRevision"] = options.Revision },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = options.Namespace },
            ["syncPolicy"] = new JsonObject
            {
                ["automated"] = new JsonObject { ["prune"] = true, ["selfHeal"] = true },
                ["syncOptions"] = new JsonArray("CreateNamespace=true"),
            },
        },
    }.ToJsonString();

    /// <summary>The repository's base name as an object name; the path's when that is empty.</summary>
    public static string NameOf(string repository, string path)
    {
        var last = repository.TrimEnd('/').Split('/', ':')[^1];
        var name = AsObjectName(last.EndsWith(".git", StringComparison.Ordinal) ? last[..^4] : last);
        return name.Length > 0 ? name : AsObjectName(path) is { Length: > 0 } fromPath ? fromPath : "repository";
    }

    // A local path is made absolute: the engine does not run in the caller's directory.
    private static string UrlOf(string repository) =>
        !repository.Contains("://", StringComparison.Ordinal) && Directory.Exists(repository) ? Path.GetFullPath(repository) : repository;

    private static string AsObjectName(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var character in text.ToLowerInvariant())
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? character : '-');
        }

        return name.ToString().Trim('-');
    }
}
