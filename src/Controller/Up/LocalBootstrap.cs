using System.Reflection;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Hosting;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Up;

/// <summary>Makes a fresh cluster what the controller expects: definitions, namespaces, Services, and what the command line asked for.</summary>
internal sealed class LocalBootstrap(ApiClient client, UpOptions options)
{
    public const string ControllerNamespace = "kube-system";
    public const string ApplicationsNamespace = "argocd";
    public const string ServiceName = "sealed-secrets-controller";
    public const string MetricsServiceName = "sealed-secrets-controller-metrics";

    private const string AgeKeySecret = "secretsops-age-key";

    private const string FieldManager = "secretsops-up";

    /// <summary>Applies everything; the second time nothing changes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Definitions().Select(definition => PutAsync(ApiResource.CustomResourceDefinitions, definition, cancellationToken)));
        await PutAsync(ApiResource.Namespaces, $$$"""{"metadata":{"name":"{{{ControllerNamespace}}}"}}""", cancellationToken);
        await PutAsync(ApiResource.Namespaces, $$$"""{"metadata":{"name":"{{{ApplicationsNamespace}}}"}}""", cancellationToken);
        await PutAsync(ApiResource.Services, Service(ServiceName, 8080), cancellationToken);
        await PutAsync(ApiResource.Services, Service(MetricsServiceName, 8081), cancellationToken);
        if (options.AgeKeyFile.Length > 0)
        {
            await ApplyAgeKeyAsync(cancellationToken);
        }

        if (options.Repository.Length > 0)
        {
            await PutAsync(ApiResource.Applications, LocalApplication.Manifest(options), cancellationToken);
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
        await PutAsync(ApiResource.Secrets, secret, cancellationToken);
    }

    private async Task PutAsync(ApiResource resource, string json, CancellationToken cancellationToken)
    {
        var @object = (JsonObject)JsonNode.Parse(json)!;
        @object["apiVersion"] = resource.Gvk.ApiVersion;
        @object["kind"] = resource.Kind;
        await PutAsync(resource, new KubernetesObject(@object), cancellationToken);
    }

    // A merge patch that changes nothing writes nothing: the second start leaves every object as it is.
    private async Task PutAsync(ApiResource resource, KubernetesObject wanted, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateAsync(resource, wanted, new WriteOptions { FieldManager = FieldManager }, cancellationToken);
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            await client.PatchAsync(resource, wanted.Namespace, wanted.Name, PatchType.Merge, wanted.ToUtf8Json(), new PatchOptions { FieldManager = FieldManager }, cancellationToken);
        }
    }
}
