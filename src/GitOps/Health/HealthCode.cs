namespace SecretsOps.GitOps.Health;

/// <summary>How well an object does, best first; the order decides which one speaks for the whole Application.</summary>
public enum HealthCode
{
    /// <summary>It does what it should.</summary>
    Healthy,

    /// <summary>It waits on purpose.</summary>
    Suspended,

    /// <summary>It is on its way.</summary>
    Progressing,

    /// <summary>It is not in the cluster.</summary>
    Missing,

    /// <summary>It failed or is about to.</summary>
    Degraded,

    /// <summary>Its state cannot be told.</summary>
    Unknown,
}
