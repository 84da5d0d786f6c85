using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Health;

public sealed class HealthChecksTests
{
    public static TheoryData<string, string, HealthCode, string> Rows => new()
    {
        { "apps/v1/Deployment", """{"spec": {"paused": true}}""", HealthCode.Suspended, "Deployment is paused" },
        { "apps/v1/Deployment", """{"metadata": {"generation": 2}, "status": {"observedGeneration": 1}}""", HealthCode.Progressing, "Waiting for rollout to finish: observed deployment generation less than desired generation" },
        { "apps/v1/Deployment", """{"status": {"conditions": [{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]}}""", HealthCode.Degraded, "Deployment \"x\" exceeded its progress deadline" },
        { "apps/v1/Deployment", """{"spec": {"replicas": 3}, "status": {"updatedReplicas": 1}}""", HealthCode.Progressing, "Waiting for rollout to finish: 1 out of 3 new replicas have been updated..." },
        { "apps/v1/Deployment", """{"spec": {"replicas": 1}, "status": {"updatedReplicas": 1, "replicas": 3}}""", HealthCode.Progressing, "Waiting for rollout to finish: 2 old replicas are pending termination..." },
        { "apps/v1/Deployment", """{"spec": {"replicas": 2}, "status": {"updatedReplicas": 2, "replicas": 2, "availableReplicas": 1}}""", HealthCode.Progressing, "Waiting for rollout to finish: 1 of 2 updated replicas are available..." },
        { "apps/v1/Deployment", """{"spec": {"replicas": 2}, "status": {"updatedReplicas": 2, "replicas": 2, "availableReplicas": 2}}""", HealthCode.Healthy, "" },
        { "apps/v1/ReplicaSet", """{"status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "quota"}]}}""", HealthCode.Degraded, "quota" },
        { "apps/v1/ReplicaSet", """{"spec": {"replicas": 2}, "status": {"availableReplicas": 1}}""", HealthCode.Progressing, "Waiting for rollout to finish: 1 out of 2 new replicas are available..." },
        { "apps/v1/StatefulSet", """{}""", HealthCode.Progressing, "Waiting for statefulset spec update to be observed..." },
        { "apps/v1/StatefulSet", """{"spec": {"replicas": 3}, "status": {"observedGeneration": 1, "readyReplicas": 1}}""", HealthCode.Progressing, "Waiting for 2 pods to be ready..." },
        { "apps/v1/StatefulSet", """{"spec": {"updateStrategy": {"type": "OnDelete"}}, "status": {"observedGeneration": 1}}""", HealthCode.Healthy, "statefulset has 0 ready pods" },
        { "apps/v1/StatefulSet", """{"status": {"observedGeneration": 1, "currentRevision": "a", "updateRevision": "b"}}""", HealthCode.Progressing, "waiting for statefulset rolling update to complete 0 pods at revision b..." },
        { "apps/v1/DaemonSet", """{"status": {"desiredNumberScheduled": 2, "updatedNumberScheduled": 1}}""", HealthCode.Progressing, "Waiting for daemon set \"x\" rollout to finish: 1 out of 2 new pods have been updated..." },
        { "apps/v1/DaemonSet", """{"status": {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}}""", HealthCode.Healthy, "" },
        { "v1/Service", """{"spec": {"type": "LoadBalancer"}}""", HealthCode.Progressing, "" },
        { "v1/Service", """{"spec": {"type": "ClusterIP"}}""", HealthCode.Healthy, "" },
        { "networking.k8s.io/v1/Ingress", """{"status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}""", HealthCode.Healthy, "" },
        { "v1/PersistentVolumeClaim", """{"status": {"phase": "Lost"}}""", HealthCode.Degraded, "" },
        { "v1/PersistentVolumeClaim", """{"status": {"phase": "Bound"}}""", HealthCode.Healthy, "" },
        { "batch/v1/Job", """{"status": {"conditions": [{"type": "Failed", "status": "True", "message": "no"}]}}""", HealthCode.Degraded, "no" },
        { "batch/v1/Job", """{"status": {"conditions": [{"type": "Complete", "status": "True"}]}}""", HealthCode.Healthy, "" },
        { "batch/v1/Job", """{"status": {"conditions": [{"type": "Suspended", "status": "True", "message": "held"}]}}""", HealthCode.Suspended, "held" },
        { "batch/v1/Job", """{}""", HealthCode.Progressing, "" },
        { "v1/Pod", """{"status": {"phase": "Running", "containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}]}}""", HealthCode.Degraded, "back-off" },
        { "v1/Pod", """{"spec": {"restartPolicy": "Never"}, "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]}}""", HealthCode.Degraded, "container \"c\" failed with exit code 3" },
        { "v1/Pod", """{"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}""", HealthCode.Healthy, "" },
        { "v1/Pod", """{"spec": {"restartPolicy": "Never"}, "status": {"phase": "Running"}}""", HealthCode.Progressing, "" },
        { "autoscaling/v2/HorizontalPodAutoscaler", """{"status": {"conditions": [{"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "m"}]}}""", HealthCode.Degraded, "m" },
        { "autoscaling/v2/HorizontalPodAutoscaler", """{}""", HealthCode.Progressing, "Waiting to Autoscale" },
        { "apiregistration.k8s.io/v1/APIService", """{"status": {"conditions": [{"type": "Available", "status": "True", "reason": "Passed", "message": "ok"}]}}""", HealthCode.Healthy, "Passed: ok" },
        { "argoproj.io/v1alpha1/Workflow", """{"status": {"phase": "Error", "message": "e"}}""", HealthCode.Degraded, "e" },
        { "argoproj.io/v1alpha1/Application", """{"status": {"health": {"status": "Degraded"}}}""", HealthCode.Degraded, "" },
        { "v1/Service", """{"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}""", HealthCode.Progressing, "Pending deletion" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void G01_built_in_health(string kind, string json, HealthCode code, string message)
    {
        var health = HealthChecks.Check(Object(kind, json));

        Assert.Equal((code, message), (health!.Code, health.Message));
    }

    [Fact]
    public void G11_kinds_without_rules_have_no_health() => Assert.Null(HealthChecks.Check(Object("v1/ConfigMap", "{}")));

    [Fact]
    public void G10_a_missing_child_application_is_not_passed_on() =>
        Assert.Null(HealthChecks.Check(Object("argoproj.io/v1alpha1/Application", """{"status": {"health": {"status": "Missing"}}}""")));

    private static KubernetesObject Object(string kind, string json)
    {
        var value = KubernetesObject.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        var slash = kind.LastIndexOf('/');
        value.Json["apiVersion"] = kind[..slash];
        value.Json["kind"] = kind[(slash + 1)..];
        value.Name = "x";
        return value;
    }
}
