using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>The reasons of Events on Applications, as Argo CD has them.</summary>
internal static class EventReason
{
    public const string ResourceUpdated = "ResourceUpdated";
    public const string OperationStarted = "OperationStarted";
    public const string OperationCompleted = "OperationCompleted";
}

/// <summary>Writes Kubernetes Events about Applications; an event that cannot be written is only logged.</summary>
internal sealed partial class EventRecorder(ApiClient client, TimeProvider clock, ILogger logger)
{
    private static readonly GroupVersionKind EventKind = new("", "v1", "Event");

    public Task RecordAsync(KubernetesObject about, string reason, string message, CancellationToken cancellationToken) =>
        RecordAsync(about, "Normal", reason, message, cancellationToken);

    /// <summary>Tells of something that a person should look at.</summary>
    public Task WarnAsync(KubernetesObject about, string reason, string message, CancellationToken cancellationToken) =>
        RecordAsync(about, "Warning", reason, message, cancellationToken);

    private async Task RecordAsync(KubernetesObject about, string type, string reason, string message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var time = Status.StatusDraft.Time(now);
        var value = new KubernetesObject(EventKind, about.Namespace, string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{now.UtcTicks:x}{Guid.NewGuid().ToString("n")[..4]}"));
        value.Json["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = about.ApiVersion,
            ["kind"] = about.Kind,
            ["namespace"] = about.Namespace,
            ["name"] = about.Name,
            ["uid"] = about.Uid,
            ["resourceVersion"] = about.ResourceVersion,
        };
        value.Json["reason"] = reason;
        value.Json["message"] = message;
        value.Json["type"] = type;
        value.Json["firstTimestamp"] = time;
        value.Json["lastTimestamp"] = time;
        value.Json["count"] = 1;
        value.Json["source"] = new JsonObject { ["component"] = "secretsops-controller" };
        try
        {
            await client.CreateAsync(ApiResource.Events, value, WriteOptions.Default, cancellationToken);
        }
        catch (ApiException exception)
        {
            LogLost(logger, message, exception.Message);
        }
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Debug, Message = "The event '{Text}' could not be written: {Reason}")]
    private static partial void LogLost(ILogger logger, string text, string reason);
}
