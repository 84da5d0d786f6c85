using System.Net.Http.Headers;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>A token that never changes.</summary>
public sealed class BearerToken(string token) : CredentialSource
{
    /// <inheritdoc/>
    public override ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return ValueTask.CompletedTask;
    }

    /// <summary>Prints no token.</summary>
    public override string ToString() => "bearer token";
}
