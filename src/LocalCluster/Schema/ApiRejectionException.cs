using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>A request the API refuses; <see cref="Status"/> is the body to answer with.</summary>
public sealed class ApiRejectionException : Exception
{
    private ApiRejectionException(int code, string reason, string message, JsonObject? details)
        : base(message)
    {
        Code = code;
        Status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason.Length > 0)
        {
            Status["reason"] = reason;
        }

        if (details is not null)
        {
            Status["details"] = details;
        }

        Status["code"] = code;
    }

    /// <summary>The HTTP status code.</summary>
    public int Code { get; }

    /// <summary>The <c>Status</c> object.</summary>
    public JsonObject Status { get; }

    /// <summary>400: the request makes no sense.</summary>
    public static ApiRejectionException BadRequest(string message) => new(400, "BadRequest", message, null);

    /// <summary>500 without a reason: what the API server answers to a configuration that does not fit its schema.</summary>
    public static ApiRejectionException UntypedConfiguration(string message) => new(500, "", message, null);

    /// <summary>422 without a word on why: what the API server answers to a JSON patch that cannot be carried out.</summary>
    public static ApiRejectionException UnprocessablePatch() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    /// <summary>422: a patch made something the kind cannot be, or cannot be applied to what it meets.</summary>
    public static ApiRejectionException InvalidPatch(string shown, string problem) =>
        Invalid(default, "", [FieldError.Invalid("patch", JsonValue.Create(shown), problem)]);

    /// <summary>422: the object's fields are wrong.</summary>
    public static ApiRejectionException Invalid(GroupVersionKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var qualified = string.IsNullOrEmpty(kind.Group) ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        var texts = errors.Select(error => error.Message).Distinct().ToList();
        var all = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var details = new JsonObject();
        foreach (var (field, value) in new[] { ("name", name), ("group", kind.Group), ("kind", kind.Kind) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                details[field] = value;
            }
        }

        details["causes"] = new JsonArray([.. errors.Select(error => error.ToCause())]);
        return new(422, "Invalid", $"{qualified} \"{name}\" is invalid: {all}", details);
    }

    internal static ApiRejectionException ApplyConflict(string message, IEnumerable<(string Message, string Field)> causes) =>
        new(409, "Conflict", message, new JsonObject
        {
            ["causes"] = new JsonArray([.. causes.Select(cause => new JsonObject
            {
                ["reason"] = "FieldManagerConflict",
                ["message"] = cause.Message,
                ["field"] = cause.Field,
            })]),
        });
}
