using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Http;

/// <summary>Reads the one SealedSecret of a request body, JSON or YAML.</summary>
internal static class SealedSecretBody
{
    /// <summary>Reads the body whole; null with the reply already sent when it is too large or broken off.</summary>
    public static async Task<byte[]?> TryReadAsync(HttpContext context, int maxBytes)
    {
        try
        {
            using var buffer = new MemoryStream();
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
            {
                if (buffer.Length + read > maxBytes)
                {
                    await HttpReply.EmptyAsync(context, StatusCodes.Status413PayloadTooLarge);
                    return null;
                }

                buffer.Write(chunk, 0, read);
            }

            return buffer.ToArray();
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException)
        {
            await HttpReply.EmptyAsync(context, error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest);
            return null;
        }
    }

    /// <summary>The SealedSecret, or null when the body is something else, several documents, or nothing.</summary>
    public static KubernetesObject? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ManifestReader.Read(body, "request body") is [var only] && only.Kind == SealedSecret.Kind && only.ApiVersion == SealedSecret.ApiVersion ? only : null;
        }
        catch (ManifestException)
        {
            return null;
        }
    }
}
