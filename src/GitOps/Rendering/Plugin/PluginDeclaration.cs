using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Plugin;

/// <summary>A program and its arguments, as <c>plugin.yaml</c> writes them.</summary>
internal sealed record PluginCommand(IReadOnlyList<string> Words)
{
    public static PluginCommand? Read(JsonObject? json) =>
        json is not null && json.TextsAt("command") is { Count: > 0 } command ? new PluginCommand([.. command, .. json.TextsAt("args")]) : null;
}

/// <summary>One <c>plugin.yaml</c> of Argo CD's form (<c>kind: ConfigManagementPlugin</c>): how to recognise a source and what to run for it.</summary>
/// <param name="FullName"><c>name</c>, or <c>name-version</c> where a version is set.</param>
/// <param name="Folder">The folder of the file; its programs are found before those of the system.</param>
/// <param name="Spec">Its <c>spec</c>.</param>
internal sealed record PluginDeclaration(string FullName, string Folder, JsonObject Spec)
{
    private const string MayReadAnnotation = "secretsops.io/may-read";

    public const string FileName = "plugin.yaml";

    public PluginCommand? Init => PluginCommand.Read(Spec["init"] as JsonObject);

    public PluginCommand Generate => PluginCommand.Read(Spec["generate"] as JsonObject)
        ?? throw new RenderException($"plugin '{FullName}': spec.generate.command is missing in '{Path.Combine(Folder, FileName)}'");

    public JsonObject? Discovery => Spec["discover"] as JsonObject is { Count: > 0 } discover ? discover : null;

    /// <summary>Absolute paths that its commands may read beside their own folder, from the declaration's annotation: what they need to log in somewhere, say.</summary>
    public IReadOnlyList<string> MayRead { get; init; } = [];

    public bool PreservesFileMode => Spec.FlagAt("preserveFileMode");

    /// <exception cref="RenderException">The file is no declaration of a plug-in.</exception>
    public static PluginDeclaration Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (ManifestReader.ReadDocuments(File.ReadAllBytes(path), path) is [{ Root: JsonObject root }] && root.TextAt("kind") == "ConfigManagementPlugin"
                && root["metadata"] is JsonObject metadata && metadata.TextAt("name") is { Length: > 0 } name && root["spec"] is JsonObject spec)
            {
                var granted = (metadata["annotations"] as JsonObject)?.TextAt(MayReadAnnotation) ?? "";
                return new PluginDeclaration(spec.TextAt("version") is { Length: > 0 } version ? $"{name}-{version}" : name, folder, spec) { MayRead = [.. granted.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted)] };
            }
        }
        catch (Exception failure) when (failure is ManifestException or IOException or UnauthorizedAccessException)
        {
            throw new RenderException($"'{path}' cannot be read: {failure.Message}", failure);
        }

        throw new RenderException($"'{path}' declares no plug-in: kind ConfigManagementPlugin, metadata.name and spec are required");
    }
}
