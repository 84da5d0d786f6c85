using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Writes a delete request and its options body.</summary>
internal static class DeleteCall
{
    internal static ApiRequest Request(ApiResource resource, string @namespace, string name, DeleteOptions options)
    {
        var path = new Query(resource.ObjectPath(@namespace, name)).AddIf(options.DryRun, "dryRun", "All").ToString();
        var request = ApiRequest.For(HttpMethod.Delete, path, resource.Key(@namespace, name), "delete");
        return request with { Body = Body(options) };
    }

    private static byte[] Body(DeleteOptions options)
    {
        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions" };
        if (options.PropagationPolicy != PropagationPolicy.Default)
        {
            body["propagationPolicy"] = options.PropagationPolicy.ToString();
        }

        if (options.GracePeriodSeconds is { } seconds)
        {
            body["gracePeriodSeconds"] = seconds;
        }

        if (options.DryRun)
        {
            body["dryRun"] = new JsonArray("All");
        }

        var preconditions = new JsonObject();
        AddIfSet(preconditions, "uid", options.PreconditionUid);
        AddIfSet(preconditions, "resourceVersion", options.PreconditionResourceVersion);
        if (preconditions.Count > 0)
        {
            body["preconditions"] = preconditions;
        }

        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    private static void AddIfSet(JsonObject body, string name, string value)
    {
        if (value.Length > 0)
        {
            body[name] = value;
        }
    }
}
