using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Bootstrapping;

/// <summary>Makes, where they are missing, the objects that every cluster starts with.</summary>
internal sealed class Bootstrap(ObjectWriter writer, KindRegistry kinds)
{
    private static readonly WriteContext Context = WriteContext.For("kube-apiserver");

    internal async Task RunAsync()
    {
        foreach (var name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
        {
            await EnsureAsync(new("", "v1", "Namespace"), "", name, []);
        }

        await EnsureAsync(new("", "v1", "Service"), "default", "kubernetes", new()
        {
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = "10.96.0.1",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = 6443 }),
            },
        });
        foreach (var role in BootstrapRoles.ClusterRoles)
        {
            await EnsureAsync(new("rbac.authorization.k8s.io", "v1", "ClusterRole"), "", role.Name, new() { ["rules"] = role.Rules() });
        }

        foreach (var (role, groups) in BootstrapRoles.ClusterRoleBindings)
        {
            await EnsureAsync(new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"), "", role, new()
            {
                ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role },
                ["subjects"] = new JsonArray([.. groups.Select(name => new JsonObject { ["kind"] = "Group", ["apiGroup"] = "rbac.authorization.k8s.io", ["name"] = name })]),
            });
        }
    }

    private async Task EnsureAsync(GroupVersionKind gvk, string @namespace, string name, JsonObject content)
    {
        var kind = kinds.Current.Find(gvk)!;
        var body = new KubernetesObject(gvk, @namespace, name);
        foreach (var (field, value) in content)
        {
            body.Json[field] = value?.DeepClone();
        }

        try
        {
            await writer.CreateAsync(kind, @namespace, body.Json, Context);
        }
        catch (StatusException exception) when (exception.Reason == "AlreadyExists")
        {
            // Kept from an earlier start.
        }
    }
}
