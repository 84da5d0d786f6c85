using System.Globalization;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Status;

namespace SecretsOps.GitOps.Engine;

/// <summary>Tells of objects in an Application's namespace that nobody tracks, where the project asks for it.</summary>
internal static class OrphanedResources
{
    public static IEnumerable<Condition> Warnings(ProjectRules project, Application application, LiveInventory inventory)
    {
        if (!project.WarnsOfOrphans || application.Destination.Namespace.Length == 0)
        {
            yield break;
        }

        var count = inventory.UntrackedIn(application.Destination.Namespace).Count(live => !IsEverywhere(live) && !project.IgnoresOrphan(live.Key));
        if (count > 0)
        {
            yield return new Condition(ConditionTypes.OrphanedResourceWarning, string.Create(CultureInfo.InvariantCulture, $"Application has {count} orphaned resources"));
        }
    }

    // Every namespace has these, of OpenShift the last one too, and nobody put them there.
    private static bool IsEverywhere(LiveObject live) => live.Key is
    { Group: "", Kind: "Service", Namespace: "default", Name: "kubernetes" }
        or { Group: "", Kind: "ServiceAccount", Name: "default" }
        or { Group: "", Kind: "ConfigMap", Name: "kube-root-ca.crt" or "openshift-service-ca.crt" };
}
