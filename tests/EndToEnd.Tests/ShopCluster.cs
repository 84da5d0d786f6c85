using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>What these tests ask the cluster.</summary>
internal sealed class ShopCluster(ApiClient client)
{
    public Task<KubernetesObject?> SecretAsync(string name) => client.TryGetAsync(ApiResource.Secrets, Shop.Namespace, name, CancellationToken.None);

    /// <summary>The plaintext of a Secret, or null when there is no such Secret.</summary>
    public async Task<string?> SecretValueAsync(string name) =>
        (await SecretAsync(name))?.Json["data"]?["value"] is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String((string)value!)) : null;

    public async Task<string?> ConfigValueAsync(string name) =>
        (string?)(await client.TryGetAsync(ApiResource.ConfigMaps, Shop.Namespace, name, CancellationToken.None))?.Json["data"]?["value"];

    public async Task<JsonNode?> ApplicationStatusAsync() =>
        (await client.TryGetAsync(ApiResource.Applications, "argocd", "shop", CancellationToken.None))?.Json["status"];

    /// <summary>Asks for a comparison at once, as <c>argocd app get --refresh</c> does.</summary>
    public Task RefreshAsync() => client.PatchAsync(
        ApiResource.Applications,
        "argocd",
        "shop",
        PatchType.Merge,
        """{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"normal"}}}"""u8.ToArray(),
        PatchOptions.Default,
        CancellationToken.None);

    public Task DeleteAsync(ApiResource resource, string name) =>
        client.DeleteAsync(resource, Shop.Namespace, name, DeleteOptions.Default, CancellationToken.None);

    public Task SecretBecomesAsync(string name, string? value) =>
        Eventually.TrueAsync(async () => await SecretValueAsync(name) == value, $"Secret '{name}' is as in Git");

    public Task ConfigBecomesAsync(string name, string? value) =>
        Eventually.TrueAsync(async () => await ConfigValueAsync(name) == value, $"ConfigMap '{name}' is as in Git");

    /// <summary>Waits until the Application says that this commit is there and healthy.</summary>
    public Task SyncedAsync(string revision) => Eventually.TrueAsync(
        async () =>
        {
            var status = await ApplicationStatusAsync();
            return (string?)status?["sync"]?["status"] == "Synced" &&
                (string?)status["sync"]!["revision"] == revision &&
                (string?)status["health"]?["status"] == "Healthy";
        },
        $"the Application is Synced and Healthy at {revision}");
}
