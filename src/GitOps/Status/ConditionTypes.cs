namespace SecretsOps.GitOps.Status;

/// <summary>The condition types of an Application, as Argo CD spells them.</summary>
internal static class ConditionTypes
{
    public const string InvalidSpecError = "InvalidSpecError";
    public const string ComparisonError = "ComparisonError";
    public const string SyncError = "SyncError";
    public const string DeletionError = "DeletionError";
    public const string UnknownError = "UnknownError";
    public const string SharedResourceWarning = "SharedResourceWarning";
    public const string RepeatedResourceWarning = "RepeatedResourceWarning";
    public const string ExcludedResourceWarning = "ExcludedResourceWarning";

    /// <summary>Not one of Argo CD's: somebody keeps changing back what self-heal repairs.</summary>
    public const string RepeatedChangeWarning = "RepeatedChangeWarning";
    public const string OrphanedResourceWarning = "OrphanedResourceWarning";
}

/// <summary>One thing to tell the user about an Application.</summary>
internal sealed record Condition(string Type, string Message);
