using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Cli.Rendering;
using SecretsOps.GitOps.Preview;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops render DIR</c>: what the sync engine would apply, decrypted, on standard output and nothing else there.</summary>
internal static class RenderCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var folder = new Argument<string>("dir") { Description = "Folder with plain manifests, a kustomization or a chart", DefaultValueFactory = _ => "." };
        var revision = new Option<string>("--revision") { Description = "Commit, branch or tag to render instead of the files as they are", HelpName = "rev", DefaultValueFactory = _ => "" };
        var format = new Option<string>("--output", "-o") { Description = "yaml or json", HelpName = "format", DefaultValueFactory = _ => "yaml" };
        format.AcceptOnlyFromAmong("yaml", "json");
        var source = new SourceOptions();
        var command = new Command("render", "Print the rendered, decrypted manifests of a folder; SOPS files open with the keys that sops would find") { folder, revision, format };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var place = SourceFolder.Find(parsed.GetRequiredValue(folder), source.GivenRoot(parsed), environment);
            var preview = new ManifestPreview(source.Read(parsed, environment, Path.Combine(place.Root, place.Folder)));
            using var manifests = parsed.GetRequiredValue(revision) is { Length: > 0 } wanted
                ? await preview.RenderRevisionAsync(place.Root, place.Folder, wanted, cancellationToken).ConfigureAwait(false)
                : await preview.RenderFolderAsync(place.Root, place.Folder, cancellationToken).ConfigureAwait(false);
            Print(manifests.Objects, parsed.GetRequiredValue(format), environment);
            return (int)CliExitCode.Success;
        });
        return command;
    }

    // Everything was rendered before the first byte leaves: a reader never gets half of it.
    private static void Print(IReadOnlyList<KubernetesObject> objects, string format, CliEnvironment environment)
    {
        if (format == "json")
        {
            var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. objects.Select(value => (JsonNode)value.Json.DeepClone())]) };
            using var writer = new Utf8JsonWriter(environment.Output, new JsonWriterOptions { Indented = true });
            list.WriteTo(writer);
            writer.Flush();
            environment.Output.Write("\n"u8);
            return;
        }

        for (var i = 0; i < objects.Count; i++)
        {
            environment.Output.Write(i == 0 ? ""u8 : "---\n"u8);
            environment.Output.Write(YamlText.FromJson(objects[i].Json));
        }
    }
}
