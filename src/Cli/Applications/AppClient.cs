using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Applications;

/// <summary>Reads and writes Applications with the user's own permission; nothing but the API server is asked.</summary>
internal sealed class AppClient(ApiClient client, string defaultNamespace) : IDisposable
{
    private const string FieldManager = "secretsops";

    public ApiClient Api => client;

    public NamespacedName Locate(string name) => name.Split('/') is [var space, var own] ? new(space, own) : new(defaultNamespace, name);

    /// <exception cref="CliException">There is no such Application.</exception>
    public async Task<AppView> GetAsync(NamespacedName name, CancellationToken cancellationToken) =>
        await TryGetAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new CliException($"Application {name} does not exist", "'secretsops app list' shows those there are; --app-namespace names another namespace");

    public async Task<AppView?> TryGetAsync(NamespacedName name, CancellationToken cancellationToken) =>
        await client.TryGetAsync(ApiResource.Applications, name.Namespace, name.Name, cancellationToken).ConfigureAwait(false) is { } found ? new AppView(found) : null;

    public async Task<IReadOnlyList<AppView>> ListAsync(string selector, bool everywhere, CancellationToken cancellationToken)
    {
        var list = await client.ListAsync(ApiResource.Applications, everywhere ? "" : defaultNamespace, new ListOptions { LabelSelector = selector }, cancellationToken).ConfigureAwait(false);
        return [.. list.Items.Select(item => new AppView(item))];
    }

    public async Task<AppView> PatchAsync(NamespacedName name, JsonObject patch, CancellationToken cancellationToken) =>
        new(await client.PatchAsync(ApiResource.Applications, name.Namespace, name.Name, PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()), new PatchOptions { FieldManager = FieldManager }, cancellationToken).ConfigureAwait(false));

    /// <summary>Asks for an operation; the state of the last one is cleared, as Argo CD's own clients do.</summary>
    /// <exception cref="CliException">Another operation is asked for or under way.</exception>
    public async Task StartAsync(NamespacedName name, JsonObject operation, CancellationToken cancellationToken)
    {
        var application = await GetAsync(name, cancellationToken).ConfigureAwait(false);
        if (application.IsBusy)
        {
            throw new CliException($"Application {name}: another operation is already in progress", $"'secretsops app wait {name} --operation' waits for it, 'secretsops app terminate {name}' ends it");
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = application.Object.ResourceVersion },
            ["operation"] = operation,
        };
        if (application.OperationPhase.Length > 0)
        {
            patch["status"] = new JsonObject { ["operationState"] = null };
        }

        try
        {
            await PatchAsync(name, patch, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException conflict) when (conflict.IsConflict)
        {
            await StartAsync(name, (JsonObject)operation.DeepClone(), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => client.Dispose();
}
