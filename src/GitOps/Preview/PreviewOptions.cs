using System.Text.Json.Nodes;
using SecretsOps.GitOps.Decryption;
using SecretsOps.KeyManagement;

namespace SecretsOps.GitOps.Preview;

/// <summary>For whom and with what a folder is rendered outside of the engine.</summary>
public sealed record PreviewOptions
{
    /// <summary>Opens the SOPS files on the way.</summary>
    public required IKeyService Keys { get; init; }

    /// <summary>The PATH in which git, helm, kustomize and jq are looked up.</summary>
    public required string SearchPath { get; init; }

    /// <summary>What charts see as release name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The destination's namespace, or empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The project that <c>ARGOCD_APP_PROJECT_NAME</c> names.</summary>
    public string Project { get; init; } = "default";

    /// <summary>The commit that <c>ARGOCD_APP_REVISION</c> names, or empty.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The tool's settings, as <c>spec.source</c> of an Application has them; its path is filled in.</summary>
    public JsonObject Source { get; init; } = [];

    /// <summary>The version that charts see, or empty for the tool's own idea.</summary>
    public string KubernetesVersion { get; init; } = "";

    /// <summary>The API versions that charts may ask for.</summary>
    public IReadOnlyList<string> ApiVersions { get; init; } = [];

    /// <summary>Opens objects that are still encrypted after rendering; none by default.</summary>
    public IReadOnlyList<IManifestDecryptor> ManifestDecryptors { get; init; } = [];

    /// <summary>Where plug-in declarations lie, one folder each; empty for none.</summary>
    public string PluginFolder { get; init; } = "";

    /// <summary>How the repositories of an Application are reached.</summary>
    public PreviewRepositories Repositories { get; init; } = PreviewRepositories.Anonymous;

    /// <summary>Tells time to the programs' deadlines.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
