namespace SecretsOps.Kubernetes.Leasing;

/// <summary>Which Lease to hold, as whom, and how patiently.</summary>
public sealed record LeaseOptions
{
    /// <summary>Namespace of the Lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the Lease.</summary>
    public required string Name { get; init; }

    /// <summary>Who holds it: unique per process, such as the Pod's name with a random tail.</summary>
    public required string Identity { get; init; }

    /// <summary>Others may take over when the holder has not renewed for this long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The holder stops by itself when it could not renew for this long; shorter than <see cref="Duration"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between attempts.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
