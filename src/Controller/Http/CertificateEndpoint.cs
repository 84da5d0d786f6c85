using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Http;

/// <summary>Serves the certificate that new values are sealed with: <c>/v1/cert.pem</c>.</summary>
internal sealed class CertificateEndpoint(KeyRing ring)
{
    /// <summary>Answers one request.</summary>
    public Task AnswerAsync(HttpContext context) => ring.Active is { } active
        ? HttpReply.BytesAsync(context, StatusCodes.Status200OK, "application/x-pem-file", active.Certificate.Pem)
        : HttpReply.TextAsync(context, StatusCodes.Status500InternalServerError, "cannot get certificate\n");
}
