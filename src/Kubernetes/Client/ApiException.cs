using System.Net;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>The API server refused a request, or could not be reached (<see cref="Status"/> 0).</summary>
public sealed class ApiException : Exception
{
    /// <summary>Makes the error of one request; the message already names the object.</summary>
    public ApiException(string message, int status, string reason, Exception? cause = null)
        : base(message, cause)
    {
        Status = status;
        Reason = reason;
    }

    /// <summary>HTTP status, or 0 when no answer came.</summary>
    public int Status { get; }

    /// <summary>Kubernetes's machine-readable reason, such as <c>NotFound</c>, or empty.</summary>
    public string Reason { get; }

    /// <summary>The server's own sentence, without the object and verb that <see cref="Exception.Message"/> adds.</summary>
    public string ServerMessage { get; init; } = "";

    /// <summary>How long the server asks to wait, when it says.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The causes listed in <c>details.causes</c> as <c>field: message</c>.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>The object or resource does not exist.</summary>
    public bool IsNotFound => Status == (int)HttpStatusCode.NotFound;

    /// <summary>Create found the name taken.</summary>
    public bool IsAlreadyExists => Status == (int)HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>The object changed meanwhile, or server-side apply met another manager's fields.</summary>
    public bool IsConflict => Status == (int)HttpStatusCode.Conflict && Reason != "AlreadyExists";

    /// <summary>The resourceVersion is too old to watch or continue from: list again.</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone || Reason is "Expired" or "Gone";

    /// <summary>The object does not pass validation.</summary>
    public bool IsInvalid => Status == (int)HttpStatusCode.UnprocessableEntity;

    /// <summary>The user may not do this.</summary>
    public bool IsForbidden => Status == (int)HttpStatusCode.Forbidden;

    /// <summary>No answer came from the server at all.</summary>
    public bool IsUnreachable => Status == 0;

    /// <summary>The same request may succeed later: no answer, 429, or a fault of the server.</summary>
    public bool IsTransient => Status is 0 or (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.RequestTimeout or >= 500;

    /// <summary>The same refusal without values that the server, or a webhook of its, quoted from what it was sent.</summary>
    public ApiException Without(SecretValues values) => new(values.Hide(Message), Status, Reason)
    {
        ServerMessage = values.Hide(ServerMessage),
        RetryAfter = RetryAfter,
        Causes = [.. Causes.Select(values.Hide)],
    };
}
