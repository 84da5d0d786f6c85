using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Http;

/// <summary>The failures an API server answers with, in upstream's words, since clients and people match on them.</summary>
internal static class ApiErrors
{
    internal static StatusException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural} \"{name}\" not found", Details(kind, name));

    /// <summary>No such path, group, version or resource.</summary>
    internal static StatusException NoSuchPath() =>
        new(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    internal static StatusException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedPlural} \"{name}\" already exists", Details(kind, name));

    internal static StatusException Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": {why}", Details(kind, name));

    internal static StatusException Modified(ResourceKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    internal static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    internal static ApiRejectionException Invalid(ResourceKind kind, string name, params IReadOnlyList<FieldError> errors) =>
        ApiRejectionException.Invalid(kind.Gvk, name, errors);

    internal static StatusException Forbidden(string message, JsonObject? details = null) => new(403, "Forbidden", message, details);

    internal static StatusException ForbiddenFor(ResourceKind kind, string name, string why, string? cause = null)
    {
        var details = Details(kind, name);
        if (cause is not null)
        {
            details["causes"] = new JsonArray(new JsonObject { ["reason"] = cause, ["message"] = why });
        }

        return new(403, "Forbidden", $"{kind.QualifiedPlural} \"{name}\" is forbidden: {why}", details);
    }

    internal static StatusException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    internal static StatusException Expired(string message) => new(410, "Expired", message);

    internal static StatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new JsonObject());

    internal static StatusException NotAcceptable(string accepted) =>
        new(406, "NotAcceptable", $"only the following media types are accepted: {accepted}");

    internal static StatusException UnsupportedMediaType(string accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    internal static StatusException ServiceUnavailable(string message) => new(503, "ServiceUnavailable", message);

    private static JsonObject Details(ResourceKind kind, string name, string? kindName = null)
    {
        var details = new JsonObject { ["name"] = name };
        if (kind.Gvk.Group.Length > 0)
        {
            details["group"] = kind.Gvk.Group;
        }

        details["kind"] = kindName ?? kind.Plural;
        return details;
    }
}
