using System.Globalization;
using System.Text.RegularExpressions;

namespace SecretsOps.Templating.Functions;

/// <summary>A version such as <c>v1.2.3-beta.1+build</c>; missing parts count as zero.</summary>
internal sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, string Prerelease, string Metadata) : IComparable<SemanticVersion>
{
    internal static SemanticVersion Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success)
        {
            throw new TemplateFunctionException("invalid semantic version");
        }

        return new SemanticVersion(Number(match, 1), Number(match, 2), Number(match, 3), match.Groups[4].Value, match.Groups[5].Value);
    }

    public int CompareTo(SemanticVersion? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0 || Prerelease == other.Prerelease)
        {
            return order;
        }

        return Prerelease.Length == 0 ? 1 : other.Prerelease.Length == 0 ? -1 : ComparePrerelease(Prerelease.Split('.'), other.Prerelease.Split('.'));
    }

    private static int ComparePrerelease(string[] left, string[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var isLeftNumber = ulong.TryParse(left[i], NumberStyles.None, CultureInfo.InvariantCulture, out var a);
            var isRightNumber = ulong.TryParse(right[i], NumberStyles.None, CultureInfo.InvariantCulture, out var b);
            var order = (isLeftNumber, isRightNumber) switch
            {
                (true, true) => a.CompareTo(b),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(left[i], right[i]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static ulong Number(Match match, int group) =>
        match.Groups[group].Success && ulong.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
