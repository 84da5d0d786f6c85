namespace SecretsOps.LocalCluster;

/// <summary>What pods do where no kubelet runs them.</summary>
public enum WorkloadBehaviour
{
    /// <summary>Nothing: workloads stay as they are created, as on an API server alone.</summary>
    None,

    /// <summary>Workloads report a finished rollout soon after each change, although nothing runs: for trying out syncs and health on a laptop.</summary>
    SimulatedRollout,
}

/// <summary>How to run a local cluster.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Where certificates, objects and the kubeconfig are kept; one process at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The port on loopback; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>What workloads do.</summary>
    public WorkloadBehaviour Workloads { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
