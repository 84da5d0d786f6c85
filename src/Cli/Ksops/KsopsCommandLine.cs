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
            environment.PrintError($"ksops: {failure.Message}\n{(failure is CliException { Hint: { } hint } ? $"ksops: hint: {hint}\n" : "")}");
            return 1;
        }
    }

    /// <summary>KRM: a ResourceList comes in, and goes out with what its generators generated in their place; a bare generator is taken as by the old plugin.</summary>
    private static async Task<int> RunFunctionAsync(CliEnvironment environment, CancellationToken cancellationToken)
    {
        using var input = new MemoryStream();
        await environment.Input.CopyToAsync(input, cancellationToken).ConfigureAwait(false);
        var documents = ManifestReader.ReadDocuments(input.ToArray(), "standard input").Select(document => document.Root).OfType<JsonObject>().ToList();
        using var generator = new KsopsGenerator(environment, environment.CurrentDirectory)
        {
            // Kustomize's issues 4350 and 5906: nothing it passes tells the generator's own folder.
            HintForMissingFile = "kustomize starts a KRM function in the folder of the base it read last, which need not be the generator's: give generators a kustomization without bases, or call ksops as exec plugin",
        };
        if (documents.Count > 0 && documents.TrueForAll(IsGenerator))
        {
            return await PrintAsync(environment, generator, documents, cancellationToken).ConfigureAwait(false);
        }

        var list = documents.Find(document => document["kind"]?.ToString() == "ResourceList")
            ?? throw new CliException("standard input holds neither a ResourceList nor a generator of kind ksops");
        var items = await ItemsAsync(list, generator, cancellationToken).ConfigureAwait(false);
        var output = new JsonObject
        {
            ["apiVersion"] = list["apiVersion"]?.DeepClone() ?? "config.kubernetes.io/v1",
            ["kind"] = "ResourceList",
            ["items"] = items,
        };
        if (list["functionConfig"] is { } configuration)
        {
            output["functionConfig"] = configuration.DeepClone();
        }

        environment.Output.Write(YamlText.FromJson(output));
        return 0;
    }

    /// <remarks>kustomize puts a generator both into <c>functionConfig</c> and, as the only one, into <c>items</c>, where KSOPS takes it from.</remarks>
    private static async Task<JsonArray> ItemsAsync(JsonObject list, KsopsGenerator generator, CancellationToken cancellationToken)
    {
        var items = new JsonArray();
        var isGenerated = false;
        foreach (var item in (list["items"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (!IsGenerator(item))
            {
                items.Add((JsonNode)item.DeepClone());
                continue;
            }

            isGenerated = true;
            await AddAsync(item).ConfigureAwait(false);
        }

        if (!isGenerated)
        {
            await AddAsync(list["functionConfig"] as JsonObject ?? throw new CliException("the ResourceList has no generator of kind ksops, neither in items nor as functionConfig")).ConfigureAwait(false);
        }

        return items;

        async Task AddAsync(JsonObject configuration)
        {
            foreach (var generated in await generator.GenerateAsync(configuration, cancellationToken).ConfigureAwait(false))
            {
                items.Add((JsonNode)generated.DeepClone());
            }
        }
    }

    private static bool IsGenerator(JsonObject document) =>
        document["kind"]?.ToString() == "ksops" && document["apiVersion"]?.ToString().StartsWith("viaduct.ai/", StringComparison.Ordinal) == true;

    private static async Task<int> RunPluginAsync(string file, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var path = environment.PathOf(file);
        var root = environment.Variable("KUSTOMIZE_PLUGIN_CONFIG_ROOT") ?? environment.CurrentDirectory;
        using var generator = new KsopsGenerator(environment, root);
        var documents = ManifestReader.ReadDocuments(File.ReadAllBytes(path), path).Select(document => document.Root).OfType<JsonObject>();
        return await PrintAsync(environment, generator, documents, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> PrintAsync(CliEnvironment environment, KsopsGenerator generator, IEnumerable<JsonObject> documents, CancellationToken cancellationToken)
    {
        var separator = "";
        foreach (var document in documents)
        {
            foreach (var generated in await generator.GenerateAsync(document, cancellationToken).ConfigureAwait(false))
            {
                environment.Print(separator);
                environment.Output.Write(YamlText.FromJson(generated));
                separator = "---\n";
            }
        }

        return 0;
    }
}
