using System.Globalization;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Applying;

/// <summary>Whether a person approved deletions that ask for it: a time at or after the start of what is approved.</summary>
internal static class DeletionApproval
{
    public static bool IsGiven(Application application, DateTimeOffset startedAt) =>
        DateTimeOffset.TryParse(application.Object.Annotation(Annotations.DeletionApproved), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var approvedAt)
        && approvedAt >= startedAt;
}
