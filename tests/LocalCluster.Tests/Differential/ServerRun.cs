using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>Runs a scenario against the API server of a kubeconfig: a real one, to record its answers, or this cluster.</summary>
internal sealed class ServerRun : IDisposable
{
    private readonly k8s.Kubernetes _client;
    private readonly HttpClient _http;
    private readonly string _base;
    private readonly Func<Task> _pause;

    public ServerRun(string kubeconfig, Func<Task> pause)
    {
        _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        _http = _client.HttpClient;
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("tester/1.0");
        _base = _client.BaseUri.ToString().TrimEnd('/');
        _pause = pause;
    }

    public void Dispose() => _client.Dispose();

    public async Task<List<JsonObject>> RunAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        var space = "diff-" + Guid.NewGuid().ToString("n")[..8];
        var isClusterScoped = scenario.Resource.EndsWith(" cluster", StringComparison.Ordinal);
        var parts = scenario.Resource.Split(' ');
        var collection = isClusterScoped ? $"{parts[0]}/{parts[1]}" : $"{parts[0]}/namespaces/{space}/{parts[1]}";
        await SendAsync(HttpMethod.Post, "api/v1/namespaces", $$$"""{"metadata":{"name":"{{{space}}}"}}""", "application/json", cancellationToken);
        var answers = new List<JsonObject>();
        try
        {
            foreach (var step in scenario.Steps.Select(step => step with { Body = step.Body.Replace("$NS", space, StringComparison.Ordinal) }))
            {
                var (code, body) = await StepAsync(step, collection, cancellationToken);
                if (step.Verb != "CRD")
                {
                    answers.Add(Answers.Normalize(code, JsonNode.Parse(body.ToJsonString().Replace(space, "ns", StringComparison.Ordinal))!));
                }

                await _pause();
            }
        }
        finally
        {
            await SendAsync(HttpMethod.Patch, collection + "/subject", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json", cancellationToken);
            await SendAsync(HttpMethod.Delete, collection + "/subject", "", "application/json", cancellationToken);
            await SendAsync(HttpMethod.Delete, "api/v1/namespaces/" + space, "", "application/json", cancellationToken);
            foreach (var crd in scenario.Steps.Where(step => step.Verb == "CRD"))
            {
                await SendAsync(HttpMethod.Delete, "apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + crd.Json()!["metadata"]!["name"], "", "application/json", cancellationToken);
            }
        }

        return answers;
    }

    private async Task<(int Code, JsonNode Body)> StepAsync(ScenarioStep step, string collection, CancellationToken cancellationToken)
    {
        if (step.Verb == "CRD")
        {
            var made = await SendAsync(HttpMethod.Post, "apis/apiextensions.k8s.io/v1/customresourcedefinitions", step.Body, "application/json", cancellationToken);
            Assert.True(made.Code is 201, made.Body.ToJsonString());
            await ServedAsync(collection, cancellationToken);
            return made;
        }

        var query = $"?fieldManager={step.Option("manager", "tester")}" + (step.Has("strict") ? "&fieldValidation=Strict" : "") + (step.Has("force") ? "&force=true" : "");
        var target = collection + "/subject" + (step.Has("status") ? "/status" : "");
        return step.Verb switch
        {
            "POST" => await SendAsync(HttpMethod.Post, collection + query, step.Body, "application/json", cancellationToken),
            "PUT" => await SendAsync(HttpMethod.Put, target + query, step.Body, "application/json", cancellationToken),
            "GET" => await SendAsync(HttpMethod.Get, target, "", "application/json", cancellationToken),
            "JSON" => await SendAsync(HttpMethod.Patch, target + query, step.Body, "application/json-patch+json", cancellationToken),
            "MERGE" => await SendAsync(HttpMethod.Patch, target + query, step.Body, "application/merge-patch+json", cancellationToken),
            "STRATEGIC" => await SendAsync(HttpMethod.Patch, target + query, step.Body, "application/strategic-merge-patch+json", cancellationToken),
            "APPLY" => await SendAsync(HttpMethod.Patch, target + query, step.Body, "application/apply-patch+yaml", cancellationToken),
            _ => throw new InvalidOperationException($"Unknown verb '{step.Verb}'."),
        };
    }

    private async Task ServedAsync(string collection, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 100; i++)
        {
            if ((await SendAsync(HttpMethod.Get, collection, "", "application/json", cancellationToken)).Code == 200)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private async Task<(int Code, JsonNode Body)> SendAsync(HttpMethod method, string path, string body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"{_base}/{path}");
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text.StartsWith('{') ? text : new JsonObject { ["text"] = text }.ToJsonString())!);
    }
}
