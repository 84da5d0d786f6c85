using System.Globalization;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.Sources;

/// <summary>A semantic version as tags and charts write it: an optional <c>v</c>, and missing parts count as zero.</summary>
internal sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, string PreRelease) : IComparable<SemanticVersion>
{
    public static SemanticVersion? TryParse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new SemanticVersion(Number(match, "major"), Number(match, "minor"), Number(match, "patch"), match.Groups["pre"].Value)
            : null;
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var numbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return numbers != 0 ? numbers : ComparePreRelease(PreRelease, other.PreRelease);
    }

    // A release is above its pre-releases; identifiers compare as numbers when both are (semver.org, 11).
    private static int ComparePreRelease(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return right.Length.CompareTo(left.Length);
        }

        var (leftParts, rightParts) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(leftParts.Length, rightParts.Length); i++)
        {
            if (CompareIdentifier(leftParts[i], rightParts[i]) is var order and not 0)
            {
                return order;
            }
        }

        return leftParts.Length.CompareTo(rightParts.Length);
    }

    private static int CompareIdentifier(string left, string right)
    {
        var leftIsNumber = ulong.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
        var rightIsNumber = ulong.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
        return (leftIsNumber, rightIsNumber) switch
        {
            (true, true) => leftNumber.CompareTo(rightNumber),
            (true, false) => -1,
            (false, true) => 1,
            _ => string.CompareOrdinal(left, right),
        };
    }

    private static ulong Number(Match match, string group) =>
        ulong.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^v?(?<major>\d+)(\.(?<minor>\d+))?(\.(?<patch>\d+))?(-(?<pre>[0-9A-Za-z.-]+))?(\+[0-9A-Za-z.-]+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
