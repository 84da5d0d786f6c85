using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Status;

namespace SecretsOps.GitOps.Engine;

/// <summary>Tells who keeps changing what self-heal repairs, so that nobody has to guess why an Application is never at rest.</summary>
internal static class RepeatedChanges
{
    public static IEnumerable<Condition> Warnings(DiffResult before) =>
        before.Entries.Where(entry => entry is { Code: SyncCode.OutOfSync, Explanation.Length: > 0, Target: not null, Live: not null })
            .Select(entry => new Condition(
                ConditionTypes.RepeatedChangeWarning,
                $"{entry.Target!.Key} is changed again and again: {entry.Explanation}; name the fields in ignoreDifferences, or stop the other writer"));
}
