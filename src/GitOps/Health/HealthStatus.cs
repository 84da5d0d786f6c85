namespace SecretsOps.GitOps.Health;

/// <summary>The health of one object, with the sentence that says why.</summary>
internal sealed record HealthStatus(HealthCode Code, string Message = "")
{
    public static readonly HealthStatus Healthy = new(HealthCode.Healthy);

    public static HealthStatus Progressing(string message) => new(HealthCode.Progressing, message);

    public static HealthStatus Degraded(string message) => new(HealthCode.Degraded, message);
}
