using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>Fills the kinds that run Pods, and a few small ones beside them.</summary>
internal static class WorkloadDefaults
{
    internal static void Apply(ResourceKind kind, JsonObject body)
    {
        switch (kind.QualifiedPlural)
        {
            case "deployments.apps":
                ApplyDeployment(body.Section("spec"));
                break;
            case "statefulsets.apps":
                ApplyStatefulSet(body.Section("spec"));
                break;
            case "daemonsets.apps":
                ApplyDaemonSet(body.Section("spec"));
                break;
            case "replicasets.apps" or "replicationcontrollers":
                body.Section("spec").Default("replicas", 1);
                ApplyTemplate(body.Section("spec"));
                break;
            case "jobs.batch":
                ApplyJob(body);
                break;
            case "cronjobs.batch":
                ApplyCronJob(body.Section("spec"));
                break;
        }
    }

    private static void ApplyTemplate(JsonObject spec)
    {
        if (spec["template"] is JsonObject template)
        {
            PodDefaults.ApplySpec(template.Section("spec"));
        }
    }

    private static void ApplyDeployment(JsonObject spec)
    {
        spec.Default("replicas", 1);
        ApplyTemplate(spec);
        var strategy = spec.Section("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Section("rollingUpdate");
            rolling.Default("maxUnavailable", "25%");
            rolling.Default("maxSurge", "25%");
        }

        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
    }

    private static void ApplyStatefulSet(JsonObject spec)
    {
        spec.Default("replicas", 1);
        ApplyTemplate(spec);
        spec.Default("podManagementPolicy", "OrderedReady");
        var strategy = spec.Section("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Section("rollingUpdate").Default("partition", 0);
        }

        spec.Default("persistentVolumeClaimRetentionPolicy", new JsonObject { ["whenDeleted"] = "Retain", ["whenScaled"] = "Retain" });
        spec.Default("revisionHistoryLimit", 10);
    }

    private static void ApplyDaemonSet(JsonObject spec)
    {
        ApplyTemplate(spec);
        var strategy = spec.Section("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Section("rollingUpdate");
            rolling.Default("maxSurge", 0);
            rolling.Default("maxUnavailable", 1);
        }

        spec.Default("revisionHistoryLimit", 10);
    }

    private static void ApplyJob(JsonObject body)
    {
        ApplyJobSpec(body.Section("spec"));
        if (body["spec"]!["selector"] is not null || body.Text("metadata", "uid").Length == 0)
        {
            return;
        }

        var uid = body.Text("metadata", "uid");
        var labels = body.Section("spec").Section("template").Section("metadata").Section("labels");
        foreach (var (name, value) in ((string, string)[])
            [("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", body.Text("metadata", "name")), ("controller-uid", uid), ("job-name", body.Text("metadata", "name"))])
        {
            labels[name] = value;
        }

        body["spec"]!["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
    }

    private static void ApplyJobSpec(JsonObject spec)
    {
        spec.Default("parallelism", 1);
        spec.Default("completions", 1);
        spec.Default("backoffLimit", 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("podReplacementPolicy", "TerminatingOrFailed");
        ApplyTemplate(spec);
    }

    private static void ApplyCronJob(JsonObject spec)
    {
        spec.Default("concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);
        if (spec.Section("jobTemplate")["spec"] is JsonObject job)
        {
            ApplyTemplate(job);
        }
    }
}
