using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Engine;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Engine;

public sealed class OperationLedgerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 15, 700, TimeSpan.Zero);

    [Theory] // hooks are told apart by the start of their operation, whatever else of the status is known
    [InlineData("", "2026-11-23T09:30:15Z")]
    [InlineData("2026-11-23T09:30:14Z", "2026-11-23T09:30:15Z")]
    [InlineData("2026-11-23T09:30:15Z", "2026-11-23T09:30:15.700Z")]
    [InlineData("2026-11-23T09:30:15.700Z", "2026-11-23T09:30:15.701Z")]
    [InlineData("2026-11-23T09:30:16Z", "2026-11-23T09:30:16.001Z")]
    public void No_two_operations_have_the_same_start(string before, string expected)
    {
        var value = new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Application",
            ["metadata"] = new JsonObject { ["name"] = "app", ["namespace"] = "argocd" },
            ["spec"] = new JsonObject(),
            ["operation"] = new JsonObject { ["sync"] = new JsonObject() },
        };
        if (before.Length > 0)
        {
            value["status"] = new JsonObject { ["operationState"] = new JsonObject { ["phase"] = "Succeeded", ["startedAt"] = before } };
        }

        var application = new Application(new KubernetesObject(value), "argocd");

        Assert.Equal(expected, OperationLedger.Started(OperationLedger.Read(application, Now)!).TextAt("startedAt"));
        Assert.Equal(expected, OperationLedger.Started(OperationLedger.Begin(new SyncOperation([]), application, Now)).TextAt("startedAt"));
    }
}
