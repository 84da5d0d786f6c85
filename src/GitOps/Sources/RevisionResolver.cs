using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.Sources;

/// <summary>Turns a <c>targetRevision</c> into a commit, in Argo CD's order: full id, HEAD, version range, ref, abbreviated id.</summary>
internal static partial class RevisionResolver
{
    public static bool IsFullId(string revision) => FullId().IsMatch(revision);

    public static bool IsAbbreviation(string revision) => Abbreviation().IsMatch(revision);

    /// <summary>The commit according to the remote's refs, or null when only the objects themselves can tell.</summary>
    public static string? TryResolve(string revision, string tagPrefix, RemoteRefs refs)
    {
        if (revision.Length == 0)
        {
            return refs.TryResolve("HEAD");
        }

        if (VersionConstraint.TryParse(revision) is { } constraint)
        {
            var offered = refs.Tags.Where(tag => tag.StartsWith(tagPrefix, StringComparison.Ordinal)).Select(tag => tag[tagPrefix.Length..]);
            if (constraint.Highest(offered) is { } highest)
            {
                return refs.TryResolve($"refs/tags/{tagPrefix}{highest}");
            }
        }

        return refs.TryResolve(revision);
    }

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex FullId();

    [GeneratedRegex("^[0-9a-f]{7,39}$")]
    private static partial Regex Abbreviation();
}
