using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Preview;

/// <summary>How repositories are reached outside of the engine: as a cluster's repository Secrets say, as far as the caller may read them.</summary>
public sealed class PreviewRepositories
{
    private PreviewRepositories(string problem) => Problem = problem;

    /// <summary>No credentials, no certificates, no known hosts.</summary>
    public static PreviewRepositories Anonymous { get; } = new("");

    /// <summary>Why the Secrets or ConfigMaps could not be read, or empty.</summary>
    public string Problem { get; }

    internal RepositoryRegistry Registry { get; } = new();

    /// <summary>Reads the repository Secrets, known hosts and certificates in the namespace of the Applications; what the caller may not read counts as absent and is told by <see cref="Problem"/>.</summary>
    public static async Task<PreviewRepositories> ReadAsync(ApiClient client, string controlNamespace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        try
        {
            var secrets = await client.ListAsync(ApiResource.Secrets, controlNamespace, new ListOptions { LabelSelector = Annotations.SecretType }, cancellationToken);
            var knownHosts = await DataAsync(client, controlNamespace, RepositoryRegistry.KnownHostsMap, cancellationToken);
            var certificates = await DataAsync(client, controlNamespace, RepositoryRegistry.CertificatesMap, cancellationToken);
            var read = new PreviewRepositories("");
            read.Registry.ReplaceSecrets(secrets.Items);
            read.Registry.ReplaceTrust(knownHosts.TextAt("ssh_known_hosts"), certificates);
            return read;
        }
        catch (ApiException refused) when (!refused.IsUnreachable)
        {
            return new PreviewRepositories($"the repository Secrets of namespace '{controlNamespace}' cannot be read: {refused.Message}");
        }
    }

    private static async Task<JsonObject> DataAsync(ApiClient client, string controlNamespace, string map, CancellationToken cancellationToken) =>
        (await client.TryGetAsync(ApiResource.ConfigMaps, controlNamespace, map, cancellationToken))?.Json["data"] as JsonObject ?? [];
}
