namespace SecretsOps.GitOps.Sources;

/// <summary>What <c>git ls-remote --symref</c> said: every ref with its commit, tags peeled, in the order given.</summary>
internal sealed class RemoteRefs
{
    private readonly Dictionary<string, string> _commits;

    private RemoteRefs(Dictionary<string, string> commits, string fingerprint)
    {
        _commits = commits;
        Fingerprint = fingerprint;
    }

    /// <summary>Differs whenever any ref does.</summary>
    public string Fingerprint { get; }

    public IEnumerable<string> Tags => _commits.Keys.Where(name => name.StartsWith("refs/tags/", StringComparison.Ordinal)).Select(name => name["refs/tags/".Length..]);

    /// <summary>The commit of a full ref name, of a branch or of a tag; branches before tags, as ls-remote lists them.</summary>
    public string? TryResolve(string name) =>
        _commits.GetValueOrDefault(name)
        ?? _commits.GetValueOrDefault($"refs/heads/{name}")
        ?? _commits.GetValueOrDefault($"refs/tags/{name}");

    public static RemoteRefs Parse(string text)
    {
        var commits = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0 || line.StartsWith("ref: ", StringComparison.Ordinal))
            {
                continue;
            }

            // An annotated tag is listed twice; the second line (^{}) names the commit and wins.
            var name = line[(tab + 1)..];
            commits[name.EndsWith("^{}", StringComparison.Ordinal) ? name[..^3] : name] = line[..tab];
        }

        return new RemoteRefs(commits, text);
    }
}
