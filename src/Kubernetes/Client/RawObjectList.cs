namespace SecretsOps.Kubernetes.Client;

/// <summary>A whole list as UTF-8 JSON objects, each complete with <c>apiVersion</c> and <c>kind</c>.</summary>
public sealed record RawObjectList(IReadOnlyList<byte[]> Items, string ResourceVersion)
{
    /// <summary>The count only: the items may be Secrets.</summary>
    public override string ToString() => $"{Items.Count} objects at {ResourceVersion}";
}

/// <summary>One event of a watch as UTF-8 JSON.</summary>
public sealed record RawWatchEvent(WatchEventType Type, ReadOnlyMemory<byte> Object)
{
    /// <summary>The type only: the object may be a Secret.</summary>
    public override string ToString() => Type.ToString();
}
