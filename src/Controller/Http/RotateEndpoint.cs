using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Http;

/// <summary>Seals a SealedSecret's values again for the active key: <c>/v1/rotate</c>.</summary>
/// <remarks>Scope comes from the object's own metadata; nothing of the template is rendered or obeyed (CVE-2026-22728, #2049). Every refusal is the same empty 500.</remarks>
internal sealed class RotateEndpoint(KeyRing ring, HttpOptions options, CallerAuthorization authorization)
{
    private static readonly string[] ServerFields =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"];

    /// <summary>200 with the new object, 500 for anything else.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (await SealedSecretBody.TryReadAsync(context, options.MaxBodyBytes) is not { } body)
        {
            return;
        }

        if (SealedSecretBody.TryParse(body) is not { } document || ring.Active is not { } active)
        {
            await HttpReply.EmptyAsync(context, StatusCodes.Status500InternalServerError);
            return;
        }

        if (!await authorization.MayAsync(context, "rotate", document.Namespace))
        {
            return;
        }

        var result = Reencryptor.Reencrypt(new SealedSecret(document), ring, active.Certificate, context.RequestAborted);
        await (result.IsSuccess
            ? HttpReply.BytesAsync(context, StatusCodes.Status200OK, "application/json", Clean(result.Object).ToUtf8Json())
            : HttpReply.EmptyAsync(context, StatusCodes.Status500InternalServerError));
    }

    // What only the cluster knows does not belong into a file (defect D1).
    private static KubernetesObject Clean(KubernetesObject document)
    {
        document.Json.Remove("status");
        foreach (var field in ServerFields)
        {
            document.Metadata.Remove(field);
        }

        return document;
    }
}
