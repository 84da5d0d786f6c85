using System.Globalization;
using System.Text.RegularExpressions;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>Kubernetes's order of API versions: v2 before v1 before v1beta2 before v1alpha1; others after, by name.</summary>
internal sealed partial class VersionPriority : IComparer<string>
{
    internal static VersionPriority Instance { get; } = new();

    /// <summary>Greater is preferred.</summary>
    public int Compare(string? x, string? y)
    {
        var (left, right) = (Rank(x!), Rank(y!));
        return left == right ? string.CompareOrdinal(y, x) : left.CompareTo(right);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var match = Pattern().Match(version);
        if (!match.Success)
        {
            return (0, 0, 0);
        }

        var stability = match.Groups[2].Value switch { "alpha" => 1, "beta" => 2, _ => 3 };
        return (stability, Number(match.Groups[1]), Number(match.Groups[3]));
    }

    private static int Number(Group digits) => digits.Success ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("^v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?$")]
    private static partial Regex Pattern();
}
