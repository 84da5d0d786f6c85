namespace SecretsOps.Kubernetes.Client;

/// <summary>What a list asks for.</summary>
public sealed record ListOptions
{
    /// <summary>Every object, in pages of 500, without managedFields.</summary>
    public static readonly ListOptions All = new();

    /// <summary>Label selector as kubectl writes it, or empty.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>Field selector as kubectl writes it, or empty.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>Page size; pages are fetched until the list is whole. 0 asks for one answer.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Ask for metadata alone (PartialObjectMetadata).</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Keep <c>metadata.managedFields</c>, which is dropped otherwise.</summary>
    public bool KeepManagedFields { get; init; }

    /// <summary><c>0</c> accepts the server's cache; empty asks for the newest state.</summary>
    public string ResourceVersion { get; init; } = "";
}

/// <summary>Where a watch starts and what it shows.</summary>
public sealed record WatchOptions
{
    /// <summary>Start after this version; empty starts with synthetic ADDED events of what is there.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Label selector as kubectl writes it, or empty.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>Field selector as kubectl writes it, or empty.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>Ask for metadata alone (PartialObjectMetadata).</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Keep <c>metadata.managedFields</c>, which is dropped otherwise.</summary>
    public bool KeepManagedFields { get; init; }

    /// <summary>Ask the server to end the watch after this time; null leaves it to the server.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Options of create, update and patch.</summary>
public sealed record WriteOptions
{
    /// <summary>No field manager, no dry run.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Names the writer in managedFields.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>Validate and answer, store nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; empty leaves the server's default.</summary>
    public string FieldValidation { get; init; } = "";
}

/// <summary>Format of a patch body.</summary>
public enum PatchType
{
    /// <summary>RFC 6902 operations.</summary>
    Json,

    /// <summary>RFC 7386 merge.</summary>
    Merge,

    /// <summary>Kubernetes's strategic merge; built-in kinds only.</summary>
    StrategicMerge,

    /// <summary>Server-side apply.</summary>
    Apply,
}

/// <summary>Options of a patch.</summary>
public sealed record PatchOptions
{
    /// <summary>No subresource, no field manager.</summary>
    public static readonly PatchOptions Default = new();

    /// <summary><c>status</c>, <c>scale</c>, … or empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Names the writer in managedFields; required for server-side apply.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>Server-side apply takes over fields of other managers.</summary>
    public bool Force { get; init; }

    /// <summary>Validate and answer, store nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; empty leaves the server's default.</summary>
    public string FieldValidation { get; init; } = "";
}

/// <summary>Options of server-side apply.</summary>
public sealed record ApplyOptions
{
    /// <summary>Who owns the applied fields.</summary>
    public required string FieldManager { get; init; }

    /// <summary>Take over fields of other managers instead of failing with a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Validate and answer, store nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>status</c> or empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c>; empty leaves the server's default.</summary>
    public string FieldValidation { get; init; } = "";
}

/// <summary>What happens to an object's dependents.</summary>
public enum PropagationPolicy
{
    /// <summary>The server's default for the kind.</summary>
    Default,

    /// <summary>The object goes at once, dependents later.</summary>
    Background,

    /// <summary>Dependents go first.</summary>
    Foreground,

    /// <summary>Dependents stay.</summary>
    Orphan,
}

/// <summary>Options of a delete.</summary>
public sealed record DeleteOptions
{
    /// <summary>The server's defaults, no preconditions.</summary>
    public static readonly DeleteOptions Default = new();

    /// <summary>What happens to dependents.</summary>
    public PropagationPolicy PropagationPolicy { get; init; }

    /// <summary>Delete only the object with this UID.</summary>
    public string PreconditionUid { get; init; } = "";

    /// <summary>Delete only this version of the object.</summary>
    public string PreconditionResourceVersion { get; init; } = "";

    /// <summary>Seconds of grace; null leaves the kind's default.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>Check and answer, delete nothing.</summary>
    public bool DryRun { get; init; }
}
