using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Tests.Fakes;

namespace SecretsOps.Kubernetes.Tests.Client;

public sealed class ApiClientTests
{
    [Fact]
    public async Task Each_verb_sends_the_request_that_the_api_documents()
    {
        var seen = new List<string>();
        await using var server = await ScriptedServer.StartAsync(async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            seen.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.ContentType} {body}".TrimEnd());
            await context.Response.WriteAsync("{\"metadata\":{\"name\":\"a\"}}");
        });
        using var client = server.Client();
        var map = new KubernetesObject(ApiResource.ConfigMaps.Gvk, "shop", "a");

        await client.GetAsync(ApiResource.ConfigMaps, "shop", "a", default);
        await client.CreateAsync(ApiResource.ConfigMaps, map, new WriteOptions { FieldManager = "m", DryRun = true }, default);
        await client.UpdateAsync(ApiResource.ConfigMaps, map, new WriteOptions { FieldValidation = "Strict" }, default);
        await client.UpdateStatusAsync(ApiResource.SealedSecrets, new(ApiResource.SealedSecrets.Gvk, "shop", "a"), WriteOptions.Default, default);
        await client.PatchAsync(ApiResource.Deployments, "shop", "a", PatchType.StrategicMerge, "{}"u8.ToArray(), PatchOptions.Default, default);
        await client.PatchAsync(ApiResource.Namespaces, "", "shop", PatchType.Json, "[]"u8.ToArray(), new PatchOptions { Subresource = "status" }, default);
        await client.ApplyAsync(ApiResource.ConfigMaps, map, new ApplyOptions { FieldManager = "m", Force = true, DryRun = true }, default);
        await client.DeleteAsync(ApiResource.ConfigMaps, "shop", "a", DeleteOptions.Default, default);
        await client.DeleteAsync(
            ApiResource.ConfigMaps,
            "shop",
            "a",
            new DeleteOptions { PropagationPolicy = PropagationPolicy.Foreground, PreconditionUid = "u", GracePeriodSeconds = 0, DryRun = true },
            default);

        const string map1 = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"}}""";
        Assert.Equal(
            [
                "GET /api/v1/namespaces/shop/configmaps/a",
                $"POST /api/v1/namespaces/shop/configmaps?fieldManager=m&dryRun=All application/json {map1}",
                $"PUT /api/v1/namespaces/shop/configmaps/a?fieldValidation=Strict application/json {map1}",
                "PUT /apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/a/status application/json "
                    + """{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","metadata":{"name":"a","namespace":"shop"}}""",
                "PATCH /apis/apps/v1/namespaces/shop/deployments/a application/strategic-merge-patch+json {}",
                "PATCH /api/v1/namespaces/shop/status application/json-patch+json []",
                $"PATCH /api/v1/namespaces/shop/configmaps/a?fieldManager=m&force=true&dryRun=All application/apply-patch+yaml {map1}",
                """DELETE /api/v1/namespaces/shop/configmaps/a application/json {"apiVersion":"v1","kind":"DeleteOptions"}""",
                "DELETE /api/v1/namespaces/shop/configmaps/a?dryRun=All application/json "
                    + """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","gracePeriodSeconds":0,"dryRun":["All"],"preconditions":{"uid":"u"}}""",
            ],
            seen);
    }

    [Fact]
    public async Task A_refusal_names_object_verb_and_the_servers_reason()
    {
        await using var server = await ScriptedServer.StartAsync(context => Refuse(context, 409, """
            {"kind":"Status","message":"Apply failed with 1 conflict","reason":"Conflict","code":409,
             "details":{"causes":[{"field":".data.a","message":"conflict with \"kubectl\""}]}}
            """));
        using var client = server.Client();

        var error = await Assert.ThrowsAsync<ApiException>(() => client.ApplyAsync(
            ApiResource.Secrets, new(ApiResource.Secrets.Gvk, "shop", "db"), new ApplyOptions { FieldManager = "m" }, default));

        Assert.Equal("Secret/shop/db: apply failed: Apply failed with 1 conflict (409 Conflict)", error.Message);
        Assert.True(error.IsConflict);
        Assert.Equal([".data.a: conflict with \"kubectl\""], error.Causes);
    }

    [Fact]
    public async Task Try_get_tells_a_missing_object_from_a_missing_api()
    {
        var answer = """{"kind":"Status","message":"secrets \"x\" not found","reason":"NotFound","code":404}""";
        await using var server = await ScriptedServer.StartAsync(context => Refuse(context, 404, answer));
        using var client = server.Client();

        Assert.Null(await client.TryGetAsync(ApiResource.Secrets, "shop", "x", default));
        answer = "404 page not found";
        var error = await Assert.ThrowsAsync<ApiException>(() => client.TryGetAsync(ApiResource.Secrets, "shop", "x", default));

        Assert.Equal("Secret/shop/x: get failed: 404 page not found (404)", error.Message);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_after_the_time_it_names()
    {
        var requests = 0;
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            if (++requests == 1)
            {
                context.Response.Headers.RetryAfter = "0";
                return Refuse(context, 429, "{}");
            }

            return context.Response.WriteAsync("{\"kind\":\"Secret\"}");
        });
        using var client = server.Client();

        await client.GetAsync(ApiResource.Secrets, "shop", "x", default);

        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task A_busy_server_that_names_no_time_is_the_callers_business()
    {
        await using var server = await ScriptedServer.StartAsync(context => Refuse(context, 503, "overloaded"));
        using var client = server.Client();

        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResource.Secrets, "shop", "x", default));

        Assert.True(error.IsTransient);
        Assert.Equal("Secret/shop/x: get failed: overloaded (503)", error.Message);
    }

    [Fact]
    public async Task An_unreachable_server_is_named()
    {
        using var client = new ApiClient(new ClusterConnection { Server = new Uri("http://127.0.0.1:9") });

        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResource.Secrets, "shop", "x", default));

        Assert.True(error.IsUnreachable);
        Assert.StartsWith("Secret/shop/x: get failed: cannot reach the API server http://127.0.0.1:9/", error.Message);
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_answer_that_is_no_object_is_an_error_not_a_crash(string body)
    {
        await using var server = await ScriptedServer.StartAsync(context => context.Response.WriteAsync(body));
        using var client = server.Client();

        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResource.Secrets, "shop", "x", default));
        await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(ApiResource.Secrets, "shop", ListOptions.All, default));
    }

    [Fact]
    public async Task A_list_starts_over_when_its_pages_have_expired()
    {
        var queries = new List<string>();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            queries.Add(context.Request.QueryString.ToString());
            return context.Request.Query.ContainsKey("continue")
                ? Refuse(context, 410, """{"kind":"Status","reason":"Expired","message":"too old","code":410}""")
                : context.Response.WriteAsync(context.Request.Query.ContainsKey("limit")
                    ? """{"metadata":{"resourceVersion":"1","continue":"next"},"items":[{"metadata":{"name":"a"}}]}"""
                    : """{"metadata":{"resourceVersion":"2"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""");
        });
        using var client = server.Client();

        var list = await client.ListAsync(ApiResource.Secrets, "shop", new ListOptions { Limit = 1 }, default);

        Assert.Equal(["?limit=1", "?limit=1&continue=next", ""], queries);
        Assert.Equal(["a", "b"], list.Items.Select(item => item.Name));
        Assert.Equal("2", list.ResourceVersion);
        Assert.All(list.Items, item => Assert.Equal("Secret", item.Kind));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_can_be_asked_as_a_question()
    {
        await using var server = await ScriptedServer.StartAsync(context =>
            Refuse(context, 404, """{"kind":"Status","message":"gone","reason":"NotFound","code":404}"""));
        using var client = server.Client();

        Assert.False(await client.TryDeleteAsync(ApiResource.Secrets, "shop", "x", DeleteOptions.Default, default));
    }

    [Theory]
    [InlineData("""{"metadata":{"managedFields":[{"a":1}],"name":"x"},"data":{"k":"v"},"kind":"Odd"}""", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":{"k":"v"}}""")]
    [InlineData("""{ "metadata" : { "name" : "x" , "managedFields" : [] } }""", """{"apiVersion":"v1","kind":"Secret","metadata":{"name" : "x"}}""")]
    [InlineData("""{"metadata":{},"status":null}""", """{"apiVersion":"v1","kind":"Secret","metadata":{},"status":null}""")]
    public void Items_are_copied_with_their_kind_and_without_managed_fields(string item, string expected)
    {
        var copy = new ObjectTrim(ApiResource.Secrets.Gvk, keepManagedFields: false, metadataOnly: false).Copy(Encoding.UTF8.GetBytes(item));

        Assert.Equal(expected, Encoding.UTF8.GetString(copy));
        Assert.NotNull(JsonNode.Parse(copy));
    }

    private static Task Refuse(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
