using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>An authorized request for a kind that exists.</summary>
internal sealed record ResourceRequest(HttpContext Context, RequestInfo Info, ResourceKind Kind, ClusterUser User)
{
    private const int LongestManager = 128;

    internal StorageKey Key => ObjectIdentity.KeyOf(Kind, Info.Namespace, Info.Name);

    internal CancellationToken Aborted => Context.RequestAborted;

    internal string Query(string name) => Context.Request.Query[name].ToString();

    internal bool IsAsked(string name) => Query(name) is "true" or "True" or "1";

    internal WriteContext ToWriteContext() => new()
    {
        User = User,
        FieldManager = Query("fieldManager") is { Length: > 0 } manager ? manager : ManagerFromAgent(),
        IsDryRun = ParseDryRun(),
        Subresource = Info.Subresource,
        FieldValidation = Query("fieldValidation") switch
        {
            "" or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            var other => throw ApiErrors.BadRequest($"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
        },
    };

    /// <summary>Puts what was found odd, but let through, where kubectl prints it from.</summary>
    internal void SendWarnings(WriteContext context)
    {
        foreach (var warning in context.Warnings.Distinct())
        {
            Context.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }
    }

    private bool ParseDryRun() => Query("dryRun") switch
    {
        "" => false,
        "All" => true,
        var other => throw ApiErrors.BadRequest($"dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };

    private string ManagerFromAgent()
    {
        var agent = Context.Request.Headers.UserAgent.ToString();
        var name = agent.Split('/')[0];
        return name.Length > LongestManager ? name[..LongestManager] : name.Length > 0 ? name : "unknown";
    }
}
