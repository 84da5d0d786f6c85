using Microsoft.AspNetCore.Http;

namespace SecretsOps.LocalCluster.Http;

/// <summary>What a request's method and path ask for, in the words that authorization uses.</summary>
internal sealed record RequestInfo
{
    internal required string Verb { get; init; }

    internal required string Path { get; init; }

    internal bool IsResource { get; init; }

    internal string Group { get; init; } = "";

    internal string Version { get; init; } = "";

    internal string Namespace { get; init; } = "";

    internal string Resource { get; init; } = "";

    internal string Name { get; init; } = "";

    internal string Subresource { get; init; } = "";

    /// <summary>What follows the subresource: the path that a proxy request is for.</summary>
    internal string Rest { get; init; } = "";

    internal static RequestInfo Parse(HttpRequest request)
    {
        var path = request.Path.Value ?? "/";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isCore = parts is ["api", _, _, ..];
        if (!isCore && parts is not ["apis", _, _, _, ..])
        {
            return new() { Verb = request.Method.ToLowerInvariant(), Path = path };
        }

        var (group, version) = isCore ? ("", parts[1]) : (parts[1], parts[2]);
        var rest = parts.AsSpan(isCore ? 2 : 3);
        var isLegacyWatch = rest[0] == "watch" && rest.Length > 1;
        rest = isLegacyWatch ? rest[1..] : rest;
        var @namespace = "";
        if (rest is ["namespaces", _, _, ..] && !(isCore && IsNamespaceSubresource(rest[2]) && rest.Length == 3))
        {
            @namespace = rest[1];
            rest = rest[2..];
        }
        else if (rest is ["namespaces", _, ..] && isCore)
        {
            @namespace = rest[1];
        }

        var info = new RequestInfo
        {
            Verb = "",
            Path = path,
            IsResource = true,
            Group = group,
            Version = version,
            Namespace = @namespace,
            Resource = rest[0],
            Name = rest.Length > 1 ? rest[1] : "",
            Subresource = rest.Length > 2 ? rest[2] : "",
            Rest = rest.Length > 2 ? RestOf(path, rest[2]) : "",
        };
        return info with { Verb = VerbOf(request, info.Name, isLegacyWatch) };
    }

    private static bool IsNamespaceSubresource(string part) => part is "status" or "finalize";

    private static string RestOf(string path, string subresource)
    {
        var at = path.IndexOf($"/{subresource}", StringComparison.Ordinal) + subresource.Length + 1;
        return path[at..];
    }

    private static string VerbOf(HttpRequest request, string name, bool isLegacyWatch)
    {
        var isWatch = isLegacyWatch || request.Query["watch"].ToString() is "1" or "true" or "True";
        return request.Method switch
        {
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name.Length == 0 ? "deletecollection" : "delete",
            _ when isWatch && (name.Length == 0 || isLegacyWatch) => "watch",
            _ => name.Length == 0 ? "list" : "get",
        };
    }
}
