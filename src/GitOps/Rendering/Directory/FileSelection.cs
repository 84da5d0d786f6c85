using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Rendering.Directory;

/// <summary>Which files of a folder are manifests: by extension, then <c>exclude</c>, then <c>include</c>.</summary>
internal sealed class FileSelection(JsonObject options, string folder)
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly string _include = options.TextAt("include");
    private readonly string _exclude = options.TextAt("exclude");
    private readonly bool _takesEveryExtension = options.FlagAt("disableExtensionFilter");

    public bool Includes(string path)
    {
        var relative = folder.Length == 0 ? path : path[(folder.Length + 1)..];
        var name = path[(path.LastIndexOf('/') + 1)..];
        return HasManifestName(name)
            && (_exclude.Length == 0 || !GlobPattern.IsMatch(_exclude, relative))
            && (_include.Length == 0 || GlobPattern.IsMatch(_include, relative));
    }

    // Settings of tools end in .yaml too, but are no manifests.
    private bool HasManifestName(string name) =>
        name is not (".sops.yaml" or ".sops.yml")
        && !name.StartsWith(".argocd-source", StringComparison.Ordinal)
        && (_takesEveryExtension || Extensions.Any(extension => name.EndsWith(extension, StringComparison.Ordinal)));
}
