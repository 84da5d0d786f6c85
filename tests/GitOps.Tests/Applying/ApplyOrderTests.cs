using SecretsOps.GitOps.Applying;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Applying;

public sealed class ApplyOrderTests
{
    [Fact]
    public void Y04_Y05_tasks_run_by_phase_wave_kind_and_name()
    {
        SyncTask[] tasks =
        [
            Task("Job", "late", SyncPhase.PostSync),
            Task("Deployment", "web"),
            Task("Widget", "own"),
            Task("ConfigMap", "b"),
            Task("ConfigMap", "a"),
            Task("Namespace", "shop"),
            Task("Service", "web", wave: -5),
            Task("Job", "first", SyncPhase.PreSync, wave: 3),
        ];

        Array.Sort(tasks, ApplyOrder.Compare);

        Assert.Equal(["first", "web", "shop", "a", "b", "web", "own", "late"], tasks.Select(task => task.Key.Name));
    }

    [Fact]
    public void The_wave_is_the_annotation_else_helms_weight_else_zero()
    {
        var value = new KubernetesObject(new GroupVersionKind("", "v1", "ConfigMap"), "ns", "a");
        Assert.Equal(0, ApplyOrder.WaveOf(value));

        value.SetAnnotation("helm.sh/hook-weight", "-3");
        Assert.Equal(-3, ApplyOrder.WaveOf(value));

        value.SetAnnotation("argocd.argoproj.io/sync-wave", "7");
        Assert.Equal(7, ApplyOrder.WaveOf(value));
    }

    private static SyncTask Task(string kind, string name, SyncPhase phase = SyncPhase.Sync, int wave = 0) =>
        new() { Key = new ObjectKey("", kind, "", name), Phase = phase, Wave = wave };
}
