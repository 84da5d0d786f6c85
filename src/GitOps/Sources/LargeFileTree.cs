using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>A tree whose Git LFS pointers are followed: who reads such a file gets what it stands for. The pointer's digest stays the file's.</summary>
internal sealed class LargeFileTree(ISourceTree tree, Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>> fetch) : ISourceTree
{
    private const int LongestPointer = 1024;

    public string Revision => tree.Revision;

    public Task<IReadOnlyList<TreeEntry>?> TryListAsync(string folder, CancellationToken cancellationToken) => tree.TryListAsync(folder, cancellationToken);

    public Task<TreeEntry?> TryFindAsync(string path, CancellationToken cancellationToken) => tree.TryFindAsync(path, cancellationToken);

    /// <exception cref="SourceException">A file cannot be had from where LFS keeps it.</exception>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(IReadOnlyList<TreeEntry> files, CancellationToken cancellationToken)
    {
        var contents = (await tree.ReadAsync(files, cancellationToken)).ToArray();
        for (var i = 0; i < contents.Length; i++)
        {
            if (files[i].IsFile && IsPointer(contents[i]))
            {
                contents[i] = await FetchAsync(files[i], contents[i], cancellationToken);
            }
        }

        return contents;
    }

    // The specification's own bound and first line.
    private static bool IsPointer(ReadOnlySpan<byte> content) => content.Length < LongestPointer && content.StartsWith("version https://git-lfs.github.com/spec/v1\n"u8);

    private async Task<byte[]> FetchAsync(TreeEntry file, byte[] pointer, CancellationToken cancellationToken)
    {
        try
        {
            return await fetch(pointer, cancellationToken);
        }
        catch (ToolException exception)
        {
            throw new SourceException($"'{file.Path}' at {Revision} is kept by Git LFS and cannot be had: {RepositoryUrl.Redact(exception.Message)}", exception);
        }
    }
}
