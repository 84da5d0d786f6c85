using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests;

/// <summary>Sends requests as they stand and reads the answers as JSON.</summary>
internal sealed class ApiSession(TestCluster cluster)
{
    internal const string MergePatch = "application/merge-patch+json";
    internal const string ApplyPatch = "application/apply-patch+yaml";

    internal Task<Answer> GetAsync(string path, string accept = "application/json") => SendAsync(HttpMethod.Get, path, "", accept: accept);

    internal Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    internal Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    internal Task<Answer> DeleteAsync(string path, string body = "") => SendAsync(HttpMethod.Delete, path, body);

    internal Task<Answer> PatchAsync(string path, string body, string contentType = MergePatch) => SendAsync(HttpMethod.Patch, path, body, contentType);

    /// <summary>The events of a watch that the server ends after a second.</summary>
    internal async Task<IReadOnlyList<JsonNode>> WatchAsync(string path, string accept = "application/json")
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var answer = await SendRawAsync(HttpMethod.Get, $"{path}{separator}watch=true&timeoutSeconds=1", "", accept: accept);
        return [.. Encoding.UTF8.GetString(answer.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string body, string contentType = "application/json", string accept = "application/json")
    {
        var response = await SendRawAsync(method, path, body, contentType, accept);
        return new Answer(response.Status, JsonNode.Parse(response.Body)!, response.Warnings);
    }

    private async Task<ApiResponse> SendRawAsync(HttpMethod method, string path, string body, string contentType = "application/json", string accept = "application/json")
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var request = new ApiRequest
        {
            Method = method,
            Path = path,
            Description = $"{method} {path}",
            Body = Encoding.UTF8.GetBytes(body),
            ContentType = contentType,
            Accept = accept,
        };
        return await cluster.Client.SendAsync(request, deadline.Token);
    }

    internal sealed record Answer(int Status, JsonNode Json, IReadOnlyList<string> Warnings)
    {
        internal string Message => (string?)Json["message"] ?? "";

        internal string Reason => (string?)Json["reason"] ?? "";

        internal string Version => (string?)Json["metadata"]?["resourceVersion"] ?? "";
    }
}
