using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>A Pod is judged by its phase, its containers' waiting reasons and its restart policy.</summary>
internal static class PodHealth
{
    private const string IgnoreRestartPolicy = "argocd.argoproj.io/ignore-restart-policy";
    private const string Hook = "argocd.argoproj.io/hook";

    public static HealthStatus Check(KubernetesObject live)
    {
        var restartsAlways = live.TextAt("spec", "restartPolicy") is "" or "Always"
            || (live.Annotation(IgnoreRestartPolicy) == "true" && live.Annotation(Hook) is null);
        if (restartsAlways && WaitingMessages(live) is { Count: > 0 } messages)
        {
            return HealthStatus.Degraded(string.Join(", ", messages));
        }

        return live.TextAt("status", "phase") switch
        {
            "Pending" => HealthStatus.Progressing(live.TextAt("status", "message")),
            "Succeeded" => new HealthStatus(HealthCode.Healthy, live.TextAt("status", "message")),
            "Failed" => HealthStatus.Degraded(FailureMessage(live)),
            "Running" when restartsAlways => CheckRunning(live),
            "Running" => HealthStatus.Progressing(live.TextAt("status", "message")),
            _ => new HealthStatus(HealthCode.Unknown, live.TextAt("status", "message")),
        };
    }

    private static List<string> WaitingMessages(KubernetesObject live) =>
    [
        .. Containers(live)
            .Select(container => container["state"]?["waiting"])
            .OfType<JsonObject>()
            .Where(waiting => IsFailure(waiting.Reason()))
            .Select(waiting => waiting.Message()),
    ];

    private static bool IsFailure(string reason) =>
        reason.StartsWith("Err", StringComparison.Ordinal) || reason.EndsWith("Error", StringComparison.Ordinal) || reason.EndsWith("BackOff", StringComparison.Ordinal);

    private static string FailureMessage(KubernetesObject live)
    {
        if (live.TextAt("status", "message") is { Length: > 0 } message)
        {
            return message;
        }

        foreach (var container in Containers(live))
        {
            if (container["state"]?["terminated"] is JsonObject terminated && TerminationMessage(container, terminated) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }

    private static string TerminationMessage(JsonObject container, JsonObject terminated)
    {
        if (terminated.Message() is { Length: > 0 } message)
        {
            return message;
        }

        if (terminated.Reason() == "OOMKilled")
        {
            return "OOMKilled";
        }

        return ObjectFields.Number(terminated["exitCode"]) is { } code and not 0
            ? $"container \"{ObjectFields.Text(container["name"])}\" failed with exit code {code}"
            : "";
    }

    private static HealthStatus CheckRunning(KubernetesObject live)
    {
        if (live.Condition("Ready")?.Status() == "True")
        {
            return new HealthStatus(HealthCode.Healthy, live.TextAt("status", "message"));
        }

        return live.ObjectsAt("status", "containerStatuses").Any(container => container["lastState"]?["terminated"] is JsonObject)
            ? HealthStatus.Degraded(live.TextAt("status", "message"))
            : HealthStatus.Progressing(live.TextAt("status", "message"));
    }

    private static IEnumerable<JsonObject> Containers(KubernetesObject live) =>
        live.ObjectsAt("status", "initContainerStatuses").Concat(live.ObjectsAt("status", "containerStatuses"));
}
