using System.Text;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Health;

/// <summary>How the health of an Application follows from that of its objects.</summary>
public sealed class HealthReportTests
{
    private const string Healthy = """{"status": {"phase": "Bound"}}""";
    private const string Progressing = """{"status": {"phase": "Pending"}}""";
    private const string Degraded = """{"status": {"phase": "Lost"}}""";
    private const string Ignored = """{"metadata": {"annotations": {"argocd.argoproj.io/ignore-healthcheck": "true"}}, "status": {"phase": "Lost"}}""";
    private const string Going = """{"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Bound"}}""";

    private static readonly ApiResource Claims = new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true);

    private readonly LiveInventory _inventory = new(new KeyedDigest());

    [Theory]
    [InlineData(HealthCode.Healthy, Healthy, Healthy)]
    [InlineData(HealthCode.Progressing, Healthy, Progressing)]
    [InlineData(HealthCode.Degraded, Progressing, Degraded, Healthy)]
    [InlineData(HealthCode.Healthy, Healthy, null)]
    [InlineData(HealthCode.Missing, null, null)]
    [InlineData(HealthCode.Healthy)]
    public void G07_the_worst_object_counts_and_a_missing_one_only_where_none_is_there(HealthCode expected, params string?[] objects) =>
        Assert.Equal(expected, Report(objects).Code);

    [Fact]
    public void G07_the_objects_to_blame_are_named() =>
        Assert.Equal(["PersistentVolumeClaim/shop/1"], Report(Healthy, Degraded, Progressing).Causes.Select(key => key.ToString()));

    [Fact]
    public void G08_an_object_can_be_left_out() => Assert.Equal(HealthCode.Healthy, Report(Healthy, Ignored).Code);

    [Fact]
    public void G09_an_object_that_is_being_deleted_is_progressing()
    {
        Assert.Equal(HealthCode.Progressing, Report(Healthy, Going).Code);
        Assert.Equal("Pending deletion", _inventory.TryGet(Claims.Key("shop", "1"))!.Health!.Message);
    }

    [Fact]
    public void L09_an_application_that_manages_itself_does_not_count()
    {
        var own = KubernetesObject.Parse("""{"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"namespace": "argocd", "name": "web"}, "status": {"health": {"status": "Degraded"}}}"""u8.ToArray());
        _inventory.Put(own, ApiResource.Applications);

        Assert.Equal(HealthCode.Healthy, HealthReport.From([own.Key], _inventory, own.NamespacedName).Code);
        Assert.Equal(HealthCode.Degraded, HealthReport.From([own.Key], _inventory, new NamespacedName("argocd", "root")).Code);
    }

    private HealthReport Report(params string?[] objects)
    {
        foreach (var (number, json) in objects.Index().Where(entry => entry.Item is not null))
        {
            var value = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json!));
            (value.Json["apiVersion"], value.Json["kind"], value.Namespace, value.Name) = ("v1", "PersistentVolumeClaim", "shop", $"{number}");
            _inventory.Put(value, Claims);
        }

        return HealthReport.From([.. Enumerable.Range(0, objects.Length).Select(number => Claims.Key("shop", $"{number}"))], _inventory, new NamespacedName("argocd", "web"));
    }
}
