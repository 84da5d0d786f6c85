using System.Text.Json.Nodes;

using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Decryption;

/// <summary>Asks the API server for tokens of service accounts (TokenRequest), so that a tenant's own identity opens the tenant's files.</summary>
internal sealed class ServiceAccountTokens(ApiClient client)
{
    private const int LifetimeSeconds = 600; // the least that the API server gives; a token is exchanged at once

    /// <summary>The identity of an account and the version of its annotations; null when there is no such account.</summary>
    /// <exception cref="ApiException">The API server refused.</exception>
    public async Task<(WorkloadIdentity Identity, string Version)?> TryFindAsync(NamespacedName account, CancellationToken cancellationToken)
    {
        if (await client.TryGetAsync(ApiResource.ServiceAccounts, account.Namespace, account.Name, cancellationToken) is not { } found)
        {
            return null;
        }

        var annotations = (found.Metadata["annotations"] as JsonObject)?.ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "", StringComparer.Ordinal);
        return (new WorkloadIdentity(account.Namespace, account.Name, annotations ?? [], (audience, token) => RequestAsync(account, audience, token)), $"{found.Uid} {found.ResourceVersion}");
    }

    private async Task<string> RequestAsync(NamespacedName account, string audience, CancellationToken cancellationToken)
    {
        var request = new KubernetesObject(new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["audiences"] = new JsonArray((JsonNode)audience), ["expirationSeconds"] = LifetimeSeconds },
        });
        var answer = await client.SendAsync(
            new ApiRequest
            {
                Method = HttpMethod.Post,
                Path = $"/api/v1/namespaces/{Uri.EscapeDataString(account.Namespace)}/serviceaccounts/{Uri.EscapeDataString(account.Name)}/token",
                Description = $"ServiceAccount/{account}: create token",
                Body = request.ToUtf8Json(),
            },
            cancellationToken);
        var body = JsonNode.Parse(answer.Body);
        return answer.Status is >= 200 and < 300 && body?["status"]?["token"]?.ToString() is { Length: > 0 } token
            ? token
            : throw new InvalidOperationException($"ServiceAccount/{account}: the API server gave no token (HTTP {answer.Status}: {body?["message"]})");
    }
}
