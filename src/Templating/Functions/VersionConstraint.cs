using System.Globalization;
using System.Text.RegularExpressions;

namespace SecretsOps.Templating.Functions;

/// <summary>A constraint such as <c>^1.2.0 || ~2.3, !=2.3.4</c>: alternatives of ranges that must all hold.</summary>
internal sealed partial class VersionConstraint
{
    private readonly List<List<Term>> _alternatives;

    private VersionConstraint(List<List<Term>> alternatives) => _alternatives = alternatives;

    internal static VersionConstraint Parse(string text)
    {
        var alternatives = new List<List<Term>>();
        foreach (var alternative in text.Split("||"))
        {
            var spelled = HyphenRange().Replace(alternative, ">=$1 <=$2");
            var matches = TermShape().Matches(spelled);
            if (matches.Count == 0 || TermShape().Replace(spelled, "").Trim(' ', ',').Length > 0)
            {
                throw new TemplateFunctionException($"improper constraint: {text}");
            }

            alternatives.Add([.. matches.Select(Term.Of)]);
        }

        return new VersionConstraint(alternatives);
    }

    internal bool Allows(SemanticVersion version) => _alternatives.Exists(terms => terms.TrueForAll(term => term.Allows(version)));

    [GeneratedRegex(@"(?<!\S)(v?[0-9xX*][^\s,|]*)\s+-\s+(v?[0-9xX*][^\s,|]*)", RegexOptions.CultureInvariant)]
    private static partial Regex HyphenRange();

    [GeneratedRegex(@"(=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*v?(?<major>[0-9]+|[xX*])(?:\.(?<minor>[0-9]+|[xX*]))?(?:\.(?<patch>[0-9]+|[xX*]))?(?:-(?<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex TermShape();

    /// <summary>One comparison; parts given as x, * or not at all are wild.</summary>
    private sealed record Term(string Operator, ulong? Major, ulong? Minor, ulong? Patch, string Prerelease)
    {
        private SemanticVersion Lowest => new(Major ?? 0, Minor ?? 0, Patch ?? 0, Prerelease, "");

        internal static Term Of(Match match) => new(
            match.Groups[1].Value, Part(match, "major"), Part(match, "minor"), Part(match, "patch"), match.Groups["pre"].Value);

        internal bool Allows(SemanticVersion version)
        {
            // a pre-release is only ever meant when the constraint names one
            if (version.Prerelease.Length > 0 && Prerelease.Length == 0)
            {
                return false;
            }

            var order = version.CompareTo(Lowest);
            return Operator switch
            {
                "!=" => IsWild ? !IsWithin(version) : order != 0,
                ">" => Major is not null && (IsWild ? !IsWithin(version) && order > 0 : order > 0),
                "<" => order < 0,
                ">=" or "=>" => order >= 0,
                "<=" or "=<" => IsWild ? order < 0 || IsWithin(version) : order <= 0,
                "~" or "~>" => order >= 0 && (Major is null || (version.Major == Major && (Minor is null || version.Minor == Minor))),
                "^" => order >= 0 && IsCompatible(version),
                _ => IsWild ? IsWithin(version) : order == 0,
            };
        }

        private bool IsWild => Major is null || Minor is null || Patch is null;

        private bool IsWithin(SemanticVersion version) =>
            (Major is null || version.Major == Major) && (Major is null || Minor is null || version.Minor == Minor);

        // the leftmost part that is not zero must stay
        private bool IsCompatible(SemanticVersion version)
        {
            if (Major is null or > 0 || Minor is null)
            {
                return Major is null || version.Major == Major;
            }

            return version.Major == 0 && version.Minor == Minor && (Minor > 0 || Patch is null || version.Patch == Patch);
        }

        private static ulong? Part(Match match, string name) =>
            match.Groups[name].Success && ulong.TryParse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
