using System.Net.Http.Headers;
using System.Text;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>A user name and password, for clusters behind a proxy that wants them.</summary>
public sealed class BasicCredentials(string userName, string password) : CredentialSource
{
    /// <inheritdoc/>
    public override ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", encoded);
        return ValueTask.CompletedTask;
    }

    /// <summary>Prints the user name only.</summary>
    public override string ToString() => $"basic credentials of '{userName}'";
}
