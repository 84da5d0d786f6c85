namespace SecretsOps.GitOps.Webhooks;

/// <summary>What a Git service tells: somebody pushed to a repository.</summary>
/// <param name="Addresses">Every address that the payload gives the repository.</param>
/// <param name="Files">The paths that changed; null where the service does not say, so that any may have.</param>
internal sealed record WebhookEvent(IReadOnlyList<string> Addresses, IReadOnlyList<string>? Files);

/// <summary>A request as a webhook's reader needs it.</summary>
/// <param name="Header">A header's value by name, or empty.</param>
/// <param name="Body">The body's bytes: signatures are over exactly these.</param>
public sealed record WebhookRequest(Func<string, string> Header, ReadOnlyMemory<byte> Body);

/// <summary>How a webhook was received.</summary>
public enum WebhookVerdict
{
    /// <summary>The event was understood; what it concerns is being looked at.</summary>
    Accepted,

    /// <summary>The event is of a kind that changes nothing here.</summary>
    Ignored,

    /// <summary>No secret is configured for the sender, or the proof does not fit.</summary>
    Refused,

    /// <summary>The body is not what the sender's headers promise.</summary>
    Malformed,
}

/// <summary>The answer to a webhook: a verdict, and a sentence for the sender's log that names no secret.</summary>
public sealed record WebhookReply(WebhookVerdict Verdict, string Message);
