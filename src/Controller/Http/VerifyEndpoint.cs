using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Http;

/// <summary>Tells whether a SealedSecret can be opened, and nothing else: <c>/v1/verify</c>. Templates are never rendered here.</summary>
internal sealed class VerifyEndpoint(KeyRing ring, HttpOptions options, ReconcileOptions reconcile, CallerAuthorization authorization)
{
    /// <summary>200 openable, 409 not, 500 not one SealedSecret.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (await SealedSecretBody.TryReadAsync(context, options.MaxBodyBytes) is not { } body)
        {
            return;
        }

        if (SealedSecretBody.TryParse(body) is not { } document)
        {
            await HttpReply.EmptyAsync(context, StatusCodes.Status500InternalServerError);
        }
        else if (await authorization.MayAsync(context, "verify", document.Namespace))
        {
            await HttpReply.EmptyAsync(context, CanOpen(document, context.RequestAborted) ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
        }
    }

    private bool CanOpen(KubernetesObject document, CancellationToken cancellationToken)
    {
        var unsealing = new UnsealOptions { DeprecatedData = reconcile.AcceptLegacyData ? DeprecatedData.Accept : DeprecatedData.Refuse };
        using var result = Unsealer.Unseal(new SealedSecret(document), ring, unsealing, cancellationToken);
        return result.IsSuccess;
    }
}
