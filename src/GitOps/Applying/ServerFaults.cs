using System.Security.Cryptography;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Applying;

/// <summary>Tells a server in trouble from a verdict on an object, and asks again where the next answer may well be another.</summary>
internal static class ServerFaults
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>No answer, or the server has too much to do: says nothing about any object. What was under way is tried again as a whole, which repeats nothing.</summary>
    public static bool IsAway(ApiException exception) => exception.Status is 0 or 408 or 429 or 503 or 504;

    /// <summary>A fault of the server or of a webhook behind it, not a verdict; it may concern one kind only.</summary>
    public static bool IsFault(ApiException exception) => exception.Status >= 500 && !ObjectWriter.IsMisfit(exception);

    /// <summary>Sends a request that may be repeated; conflicts and faults of the server are tried again for about four seconds.</summary>
    /// <exception cref="ApiException">The last answer, where none was better.</exception>
    public static async Task<T> InsistAsync<T>(Func<Task<T>> send, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var (attempt, pause) = (1, FirstPause); ; attempt++, pause *= 3)
        {
            try
            {
                return await send();
            }
            catch (ApiException exception) when (attempt < Attempts && (exception.IsConflict || exception.Status is 500 or 502) && !ObjectWriter.IsMisfit(exception))
            {
                await Task.Delay(pause * (0.5 + RandomNumberGenerator.GetInt32(500) / 1000.0), clock, cancellationToken);
            }
        }
    }
}
