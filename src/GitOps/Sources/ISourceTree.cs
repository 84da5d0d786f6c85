namespace SecretsOps.GitOps.Sources;

/// <summary>An immutable tree of files, read without a work tree; paths are relative to its root and use '/'.</summary>
internal interface ISourceTree
{
    /// <summary>What a commit or a folder is called in messages and in status.</summary>
    string Revision { get; }

    /// <summary>The names in a folder, in the order of their bytes; null when there is no such folder. The root is the empty path.</summary>
    Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>The entry at a path, or null.</summary>
    Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken);

    /// <summary>The bytes of files, in the order asked.</summary>
    /// <exception cref="SourceException">A file is gone or larger than the limit.</exception>
    Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken);
}
