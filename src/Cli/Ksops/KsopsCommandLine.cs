using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Ksops;

/// <summary>The kustomize generator <c>ksops</c>: a KRM function on standard input, or the old exec plugin with a file as argument.</summary>
internal static class KsopsCommandLine
{
    internal static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            if (arguments is ["install", ..])
            {
                return KsopsInstall.Run(arguments[1..], environment);
            }

            return arguments.Length > 0
                ? await RunPluginAsync(arguments[0], environment, cancellationToken).ConfigureAwait(false)
                : await RunFunctionAsync(environment, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is CliException or SopsException or ManifestException or MasterKeyException or IOException)
        {
            environment.PrintError($"ksops: {failure.Message}\n");
            return 1;
        }
    }

    /// <summary>KRM: a ResourceList comes in, its <c>functionConfig</c> is the generator, and the list goes out with what it generated.</summary>
    private static async Task<int> RunFunctionAsync(CliEnvironment environment, CancellationToken cancellationToken)
    {
        using var input = new MemoryStream();
        await environment.Input.CopyToAsync(input, cancellationToken).ConfigureAwait(false);
        var list = ManifestReader.ReadDocuments(input.ToArray(), "standard input").Select(document => document.Root).OfType<JsonObject>().FirstOrDefault()
            ?? throw new CliException("standard input holds no ResourceList; name a generator file or pipe a ResourceList in");
        if (list["functionConfig"] is not JsonObject configuration)
        {
            throw new CliException("the ResourceList has no functionConfig");
        }

        using var generator = new KsopsGenerator(environment, environment.CurrentDirectory);
        var items = list["items"] as JsonArray ?? [];
        foreach (var generated in await generator.GenerateAsync(configuration, cancellationToken).ConfigureAwait(false))
        {
            items.Add(generated.DeepClone());
        }

        var output = new JsonObject
        {
            ["apiVersion"] = list["apiVersion"]?.DeepClone() ?? "config.kubernetes.io/v1",
            ["kind"] = "ResourceList",
            ["items"] = items.DeepClone(),
            ["functionConfig"] = configuration.DeepClone(),
        };
        environment.Output.Write(YamlText.FromJson(output));
        return 0;
    }

    private static async Task<int> RunPluginAsync(string file, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var path = environment.PathOf(file);
        var root = environment.Variable("KUSTOMIZE_PLUGIN_CONFIG_ROOT") ?? environment.CurrentDirectory;
        using var generator = new KsopsGenerator(environment, root);
        var separator = "";
        foreach (var document in ManifestReader.ReadDocuments(File.ReadAllBytes(path), path))
        {
            foreach (var generated in document.Root is JsonObject configuration ? await generator.GenerateAsync(configuration, cancellationToken).ConfigureAwait(false) : [])
            {
                environment.Print(separator);
                environment.Output.Write(YamlText.FromJson(generated));
                separator = "---\n";
            }
        }

        return 0;
    }
}
