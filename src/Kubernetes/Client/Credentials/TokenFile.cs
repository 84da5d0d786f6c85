using System.Net.Http.Headers;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>A token in a file that someone else rotates: read again once a minute, and at once after a refusal.</summary>
public sealed class TokenFile(string path, TimeProvider timeProvider) : CredentialSource
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private string? _token;
    private DateTimeOffset _readAt;

    /// <inheritdoc/>
    /// <exception cref="KubeconfigException">The file cannot be read or is empty.</exception>
    public override ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", CurrentToken());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override bool Refused()
    {
        lock (_gate)
        {
            var refused = _token;
            _token = null;
            return refused is not null && refused != CurrentToken();
        }
    }

    /// <summary>Prints no token.</summary>
    public override string ToString() => $"token file '{path}'";

    private string CurrentToken()
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            if (_token is null || now - _readAt >= Lifetime)
            {
                _token = Read(_token);
                _readAt = now;
            }

            return _token;
        }
    }

    private string Read(string? previous)
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            return token.Length > 0 ? token : previous ?? throw new KubeconfigException($"{path}: the token file is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A rotation in progress may hide the file for a moment; the old token is good until the server says otherwise.
            return previous ?? throw new KubeconfigException($"{path}: cannot read the token file: {e.Message}", e);
        }
    }
}
