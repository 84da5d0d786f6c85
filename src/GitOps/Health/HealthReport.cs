using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Health;

/// <summary>The health of an Application: the worst of what it manages; Missing only where nothing of it is in the cluster.</summary>
internal sealed record HealthReport(HealthCode Code, IReadOnlyList<ObjectKey> Causes)
{
    public static HealthReport From(DiffResult diff, LiveInventory inventory, NamespacedName application) =>
        From([.. diff.Counted.Select(entry => entry.Target?.Key ?? entry.Live!.Key)], inventory, application);

    /// <summary>An Application that manages itself does not count: its health would follow from itself.</summary>
    public static HealthReport From(IReadOnlyList<ObjectKey> keys, LiveInventory inventory, NamespacedName application)
    {
        List<ObjectKey> managed = [.. keys.Where(key => key is not { Group: "argoproj.io", Kind: "Application" } || key.Namespace != application.Namespace || key.Name != application.Name)];
        List<LiveObject> live = [.. managed.Select(inventory.TryGet).OfType<LiveObject>()];
        if (managed.Count > 0 && live.Count == 0)
        {
            return new HealthReport(HealthCode.Missing, [.. managed.Take(3)]);
        }

        var worst = live.Where(value => !value.IgnoresHealth).Select(value => value.Health?.Code ?? HealthCode.Healthy).DefaultIfEmpty(HealthCode.Healthy).Max();
        return new HealthReport(worst, [.. live.Where(value => worst != HealthCode.Healthy && value.Health?.Code == worst).Select(value => value.Key)]);
    }
}
