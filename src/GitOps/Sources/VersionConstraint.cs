using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.Sources;

/// <summary>A range of versions in the notation of Helm and Argo CD: <c>1.2.*</c>, <c>~1.2</c>, <c>^1</c>, <c>&gt;=1 &lt;2</c>, <c>1 - 2</c>, <c>||</c>.</summary>
internal sealed partial class VersionConstraint
{
    private static readonly string[] Parts = ["major", "minor", "patch"];

    private readonly List<List<Bound>> _alternatives;
    private readonly bool _allowsPreRelease;

    private VersionConstraint(List<List<Bound>> alternatives, bool allowsPreRelease)
    {
        _alternatives = alternatives;
        _allowsPreRelease = allowsPreRelease;
    }

    /// <summary>Reads a constraint; null when the text is none, or pins one exact version.</summary>
    public static VersionConstraint? TryParse(string text)
    {
        if (SemanticVersion.TryParse(text) is not null && text.Count(c => c == '.') >= 2)
        {
            return null;
        }

        var alternatives = new List<List<Bound>>();
        foreach (var alternative in Range().Replace(text, ">=$1 <=$2").Split("||", StringSplitOptions.TrimEntries))
        {
            var matches = Term().Matches(alternative);
            if (matches.Count == 0 || Term().Replace(alternative, "").Any(c => c is not (' ' or ',')))
            {
                return null;
            }

            alternatives.Add([.. matches.SelectMany(Bounds)]);
        }

        return new VersionConstraint(alternatives, text.Contains('-', StringComparison.Ordinal) && Term().Matches(text).Any(term => term.Groups["pre"].Success));
    }

    /// <summary>The highest of some names that is a version within the range, or null. Pre-releases count only when the range names one.</summary>
    public string? Highest(IEnumerable<string> names) => names
        .Select(name => (Name: name, Version: SemanticVersion.TryParse(name)))
        .Where(candidate => candidate.Version is not null && Contains(candidate.Version))
        .OrderByDescending(candidate => candidate.Version)
        .FirstOrDefault().Name;

    public bool Contains(SemanticVersion version) =>
        (_allowsPreRelease || version.PreRelease.Length == 0)
        && _alternatives.Any(bounds => bounds.All(bound => bound.Accepts(version)));

    private static IEnumerable<Bound> Bounds(Match term)
    {
        var low = Lowest(term);
        var known = KnownParts(term);
        var next = Next(low, known);
        return term.Groups["op"].Value switch
        {
            ">" when known < 3 => [new(">=", next)],
            "<=" when known < 3 => [new("<", next)],
            ">" or ">=" or "=>" or "<" or "<=" or "=<" or "!=" => [new(term.Groups["op"].Value, low)],
            "^" => [new(">=", low), new("<", NextBreaking(low, known))],
            "~" or "~>" => [new(">=", low), new("<", Next(low, Math.Min(known, 2)))],
            _ when known == 3 => [new("=", low)],
            _ when known == 0 => [],
            _ => [new(">=", low), new("<", next)],
        };
    }

    private static SemanticVersion Lowest(Match term) => SemanticVersion.TryParse(
        string.Join('.', Parts.Select(part => ulong.TryParse(term.Groups[part].Value, out var number) ? number : 0))
        + (term.Groups["pre"].Success ? "-" + term.Groups["pre"].Value : ""))!;

    private static int KnownParts(Match term) =>
        Parts.TakeWhile(part => ulong.TryParse(term.Groups[part].Value, out _)).Count();

    private static SemanticVersion Next(SemanticVersion version, int knownParts) => knownParts switch
    {
        0 => new(ulong.MaxValue, 0, 0, ""),
        1 => new(version.Major + 1, 0, 0, ""),
        2 => new(version.Major, version.Minor + 1, 0, ""),
        _ => new(version.Major, version.Minor, version.Patch + 1, ""),
    };

    // ^ keeps the leftmost part that is not zero (Masterminds semver, "caret range").
    private static SemanticVersion NextBreaking(SemanticVersion version, int knownParts) => version switch
    {
        { Major: > 0 } => Next(version, Math.Min(knownParts, 1)),
        { Minor: > 0 } => Next(version, 2),
        _ => Next(version, knownParts),
    };

    private sealed record Bound(string Operator, SemanticVersion Version)
    {
        public bool Accepts(SemanticVersion other)
        {
            var order = other.CompareTo(Version);
            return Operator switch
            {
                ">" => order > 0,
                ">=" or "=>" => order >= 0,
                "<" => order < 0,
                "<=" or "=<" => order <= 0,
                "!=" => order != 0,
                _ => order == 0,
            };
        }
    }

    [GeneratedRegex(@"(?<op>=>|=<|>=|<=|!=|~>|>|<|=|~|\^)?\s*v?(?<major>\d+|[xX*])(\.(?<minor>\d+|[xX*]))?(\.(?<patch>\d+|[xX*]))?(-(?<pre>[0-9A-Za-z.-]+))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Term();

    [GeneratedRegex(@"(\S+)\s+-\s+(\S+)")]
    private static partial Regex Range();
}
