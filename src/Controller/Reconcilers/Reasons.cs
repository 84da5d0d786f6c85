namespace SecretsOps.Controller.Reconcilers;

/// <summary>The reasons that events and conditions of a SealedSecret carry.</summary>
internal static class Reasons
{
    // Events, in upstream's words (reference 2.5).
    public const string Unsealed = "Unsealed";
    public const string UnsealFailedEvent = "ErrUnsealFailed";
    public const string UpdateFailedEvent = "ErrUpdateFailed";

    // The Ready condition.
    public const string UnsealFailed = "UnsealFailed";
    public const string TemplateFailed = "TemplateFailed";
    public const string NotManaged = "SecretNotManaged";
    public const string Immutable = "SecretImmutable";
    public const string ApiRefused = "ApiRefused";

    // The CertificateExpiring condition, which is there only while it is true.
    public const string CertificateExpiring = "ActiveCertificateExpires";
}
