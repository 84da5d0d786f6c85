namespace SecretsOps.GitOps.Engine;

/// <summary>How replicas of the engine divide the Applications among themselves: each holds a Lease, and who holds one counts.</summary>
public sealed record SharingOptions
{
    /// <summary>The namespace of the Leases: the controller's own.</summary>
    public required string Namespace { get; init; }

    /// <summary>This replica's name, unlike every other's, also those before a restart.</summary>
    public required string Identity { get; init; }

    /// <summary>How long a replica that is not heard of keeps its Applications.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether a replica that stops in good order gives its Applications away at once; a killed one cannot.</summary>
    public bool ReleasesOnStop { get; init; } = true;
}
