using System.Reflection;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Hosting;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Up;

/// <summary>Makes a fresh cluster what the controller expects: definitions, namespaces, Services, the default project, and what the command line asked for.</summary>
internal sealed class LocalBootstrap(ApiClient client, UpOptions options)
{
    public const string ControllerNamespace = "kube-system";
    public const string ApplicationsNamespace = "argocd";
    public const string ServiceName = "sealed-secrets-controller";
    public const string MetricsServiceName = "sealed-secrets-controller-metrics";

    private const string FieldManager = "secretsops-up";
    private const string AgeKeySecret = "secretsops-age-key";

    private static readonly ApplyOptions Applying = new() { FieldManager = FieldManager, Force = true };

    /// <summary>Applies everything; the second time nothing changes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Definitions().Select(definition => client.ApplyAsync(ApiResource.CustomResourceDefinitions, definition, Applying, cancellationToken)));
        await ApplyAsync(ApiResource.Namespaces, $$$"""{"metadata":{"name":"{{{ControllerNamespace}}}"}}""", cancellationToken);
        await ApplyAsync(ApiResource.Namespaces, $$$"""{"metadata":{"name":"{{{ApplicationsNamespace}}}"}}""", cancellationToken);
        await ApplyAsync(ApiResource.Services, Service(ServiceName, 8080), cancellationToken);
        await ApplyAsync(ApiResource.Services, Service(MetricsServiceName, 8081), cancellationToken);
        await CreateDefaultProjectAsync(cancellationToken);
        if (options.AgeKeyFile.Length > 0)
        {
            await ApplyAgeKeyAsync(cancellationToken);
        }

        if (options.Repository.Length > 0)
        {
            await ApplyAsync(ApiResource.Applications, LocalApplication.Manifest(options), cancellationToken);
        }
    }

    private static IEnumerable<KubernetesObject> Definitions()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("crds/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            foreach (var definition in ManifestReader.Read(buffer.ToArray(), name))
            {
                yield return definition;
            }
        }
    }

    private static string Service(string name, int port) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"{{{ControllerNamespace}}}","labels":{"name":"{{{name}}}"}},"spec":{"ports":[{"port":{{{port}}},"targetPort":{{{port}}}}]}}""";

    private async Task CreateDefaultProjectAsync(CancellationToken cancellationToken)
    {
        // Whatever its owner made of it stays.
        if (await client.TryGetAsync(ApiResource.AppProjects, ApplicationsNamespace, "default", cancellationToken) is null)
        {
            await ApplyAsync(
                ApiResource.AppProjects,
                $$$"""{"metadata":{"name":"default","namespace":"{{{ApplicationsNamespace}}}"},"spec":{"sourceRepos":["*"],"destinations":[{"namespace":"*","server":"*"}],"clusterResourceWhitelist":[{"group":"*","kind":"*"}]}}""",
                cancellationToken);
        }
    }

    private async Task ApplyAgeKeyAsync(CancellationToken cancellationToken)
    {
        byte[] identities;
        try
        {
            identities = await File.ReadAllBytesAsync(options.AgeKeyFile, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the age key file '{options.AgeKeyFile}' cannot be read: {error.Message}", ExitCodes.Failure, error);
        }

        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, ControllerNamespace, AgeKeySecret);
        secret.SetLabel("secretsops.io/decryption-key", "active");
        secret.Json["type"] = "Opaque";
        secret.Json["data"] = new JsonObject { ["identity.agekey"] = Convert.ToBase64String(identities) };
        await client.ApplyAsync(ApiResource.Secrets, secret, Applying, cancellationToken);
    }

    private async Task ApplyAsync(ApiResource resource, string json, CancellationToken cancellationToken)
    {
        var @object = (JsonObject)JsonNode.Parse(json)!;
        @object["apiVersion"] = resource.Gvk.ApiVersion;
        @object["kind"] = resource.Kind;
        await client.ApplyAsync(resource, new KubernetesObject(@object), Applying, cancellationToken);
    }
}
