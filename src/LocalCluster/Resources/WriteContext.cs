using SecretsOps.LocalCluster.Authentication;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>What a server does with fields it does not know.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>Who writes, through which door, and how the request wants it done.</summary>
internal sealed record WriteContext
{
    internal required ClusterUser User { get; init; }

    /// <summary>The name that field ownership is recorded under.</summary>
    internal required string FieldManager { get; init; }

    /// <summary>Whether to answer as if, and write nothing.</summary>
    internal bool IsDryRun { get; init; }

    internal FieldValidation FieldValidation { get; init; } = FieldValidation.Ignore;

    /// <summary>The body as sent, in which a field may stand twice; empty where that does not matter.</summary>
    internal ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Empty, or the part of the object that may change.</summary>
    internal string Subresource { get; init; } = "";

    /// <summary>Whether the object was made by a patch, which is then what is refused.</summary>
    internal bool IsPatch { get; init; }

    /// <summary>Whether field ownership was already settled by server-side apply.</summary>
    internal bool IsApply { get; init; }

    /// <summary>Sentences for the client's Warning headers.</summary>
    internal List<string> Warnings { get; } = [];

    /// <summary>The cluster's own controllers.</summary>
    internal static WriteContext For(string controller) => new()
    {
        User = ClusterUser.Authenticated($"system:{controller}", [ClusterUser.MastersGroup]),
        FieldManager = controller,
    };
}
