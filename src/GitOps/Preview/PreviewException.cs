using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Preview;

/// <summary>A folder or commit cannot be read, opened or rendered; the message names the file, the reason and the remedy.</summary>
public sealed class PreviewException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Runs a stage and tells its failures as this one exception.</summary>
    internal static async Task<T> WrapAsync<T>(Func<Task<T>> stage)
    {
        try
        {
            return await stage();
        }
        catch (Exception failure) when (failure is SourceException or RenderException or DecryptionException or ToolException or FormatException)
        {
            throw new PreviewException(failure.Message, failure);
        }
    }
}
