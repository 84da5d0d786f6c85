using SecretsOps.GitOps.Status;
using SecretsOps.GitOps.Tracking;

namespace SecretsOps.GitOps.Engine;

/// <summary>Tells of objects that another Application tracks too.</summary>
internal static class SharedResources
{
    public static IEnumerable<Condition> Warnings(SyncResult result)
    {
        foreach (var entry in result.Diff.Counted)
        {
            if (entry is { Target: { } target, Live.Application: { Length: > 0 } owner } && TrackingId.Of(target.Object)?.Application is { } own && owner != own)
            {
                yield return new Condition(ConditionTypes.SharedResourceWarning, $"{target.Key.Kind}/{target.Key.Name} is part of applications {own} and {owner}");
            }
        }
    }
}
