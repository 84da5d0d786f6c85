using System.Collections.Concurrent;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.Rendering;

/// <summary>What a rendering looked at in one tree: paths, and the digests of what was there; holds no content.</summary>
internal sealed class ReadTrace
{
    private const string Nothing = "-";

    private readonly ConcurrentDictionary<string, string> _seen = new(StringComparer.Ordinal);

    /// <summary>Remembers a look at a path; null stands for nothing there.</summary>
    public void Add(string path, TreeEntry? found) => _seen.TryAdd(path.Trim('/'), found?.Digest ?? Nothing);

    /// <summary>Remembers what another trace of the same tree has seen.</summary>
    public void AddAll(ReadTrace other)
    {
        foreach (var (path, digest) in other._seen)
        {
            _seen.TryAdd(path, digest);
        }
    }

    /// <summary>Whether another tree has the same at every path that was looked at.</summary>
    public async Task<bool> HoldsAsync(ISourceTree tree, CancellationToken cancellationToken)
    {
        foreach (var (path, digest) in _seen)
        {
            if (((await tree.TryFindAsync(path, cancellationToken))?.Digest ?? Nothing) != digest)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Everything that the manifests of an Application's sources depend on, apart from its spec.</summary>
internal sealed record RenderInputs
{
    public required IReadOnlyList<string> Revisions { get; init; }

    public required IReadOnlyList<ReadTrace> Traces { get; init; }

    /// <summary>The version of the decryption keys.</summary>
    public required string Keys { get; init; }

    /// <summary>Whether the commit's own id is part of what is rendered.</summary>
    public required bool IncludesRevision { get; init; }

    /// <summary>Whether rendering these commits would give the same again.</summary>
    public async Task<bool> HoldAsync(IReadOnlyList<string> revisions, string keys, Func<Task<IReadOnlyList<Artifact>>> open, CancellationToken cancellationToken)
    {
        if (Keys != keys || revisions.Count != Revisions.Count)
        {
            return false;
        }

        if (revisions.SequenceEqual(Revisions, StringComparer.Ordinal))
        {
            return true;
        }

        return !IncludesRevision && await HoldAsync(await open(), cancellationToken);
    }

    private async Task<bool> HoldAsync(IReadOnlyList<Artifact> artifacts, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Traces.Count; i++)
        {
            if (!await Traces[i].HoldsAsync(artifacts[i].Tree, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }
}
