using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Http;

/// <summary>A request that ends with a <c>Status</c> object of kind Failure.</summary>
internal sealed class StatusException(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    internal int Code { get; } = code;

    internal string Reason { get; } = reason;

    internal JsonObject? Details { get; } = details;

    internal JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        if (Details is not null)
        {
            status["details"] = Details.DeepClone();
        }

        status["code"] = Code;
        return status;
    }
}
