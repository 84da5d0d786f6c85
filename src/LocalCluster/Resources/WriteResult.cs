namespace SecretsOps.LocalCluster.Resources;

/// <summary>What a write did.</summary>
internal enum WriteEffect
{
    Created,
    Updated,
    Unchanged,
    MarkedForDeletion,
    Removed,
}

/// <summary>The object as the client gets it back, and what happened to it.</summary>
internal sealed record WriteResult(WriteEffect Effect, ReadOnlyMemory<byte> Json, long Revision);
