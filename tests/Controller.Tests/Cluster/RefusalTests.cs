using SecretsOps.Controller.Tests.Reconcilers;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;

namespace SecretsOps.Controller.Tests.Cluster;

/// <summary>What the API server, or a webhook of its, says of a Secret that it does not take.</summary>
[Collection(BareCollection.Name)]
public sealed class RefusalTests(BareFixture fixture)
{
    [Fact]
    public async Task A_webhook_that_quotes_what_it_refuses_is_told_without_the_values_in_status_events_and_log()
    {
        var cluster = fixture.Cluster;
        await using var proxy = await FaultyProxy.StartAsync(cluster.KubeconfigPath);
        proxy.Fault = QuotingWebhook.Answer;
        var space = await cluster.CreateNamespaceAsync("quoted");
        await using var controller = await RunningController.StartAsync(cluster, await fixture.CreateKeyNamespaceAsync("rsa2048"), RunningController.Options(space), through: proxy.Connection);

        await cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("rsa2048", space, "db", $$"""{"password":"{{QuotingWebhook.Value}}"}"""));

        QuotingWebhook.AssertIsToldIn((await cluster.SyncedBecomesAsync(space, "db", "False")).Json["status"]!.ToJsonString(Readable));
        await QuotingWebhook.IsLoggedAsync(controller);
        proxy.Fault = static (_, _) => null;
        await cluster.SecretBecomesAsync(space, "db", "password", QuotingWebhook.Value);
        var warnings = await Eventually.NotNullAsync(
            async () => (await cluster.Client.ListAsync(ApiResource.Events, space, ListOptions.All, default)).Items.Where(told => told.Json["type"]?.ToString() == "Warning").ToList() is { Count: > 0 } found ? found : null,
            "the refusal is an event");
        Assert.All(warnings, told => QuotingWebhook.AssertIsToldIn(told.Json["message"]!.ToString()));
    }

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
