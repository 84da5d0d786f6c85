namespace SecretsOps.GitOps.Applying;

/// <summary>The words of <c>operationState.phase</c>.</summary>
internal static class OperationPhase
{
    public const string Running = "Running";
    public const string Terminating = "Terminating";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
    public const string Error = "Error";

    public static bool IsFinal(string phase) => phase is Succeeded or Failed or Error;
}

/// <summary>How far an operation came in one step.</summary>
internal sealed record OperationProgress(string Phase, string Message, IReadOnlyList<SyncTask> Tasks)
{
    public bool IsFinal => OperationPhase.IsFinal(Phase);
}
