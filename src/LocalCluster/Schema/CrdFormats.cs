using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The <c>format</c>s of strings that the API server checks; unknown ones fit everything.</summary>
internal static partial class CrdFormats
{
    /// <summary>Whether a text has a format.</summary>
    public static bool Fits(string format, string text) => format switch
    {
        "date-time" or "datetime" => text.Contains('T', StringComparison.OrdinalIgnoreCase)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "byte" => Convert.TryFromBase64String(text, new byte[text.Length], out _),
        "ipv4" => IPAddress.TryParse(text, out var four) && four.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork,
        "ipv6" => IPAddress.TryParse(text, out var six) && six.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6,
        "cidr" => IPNetwork.TryParse(text, out _),
        "uuid" => Uuid().IsMatch(text),
        "hostname" => text.Length <= 255 && Hostname().IsMatch(text),
        "email" => text.Contains('@', StringComparison.Ordinal),
        "uri" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _) && (text.StartsWith('/') || Uri.TryCreate(text, UriKind.Absolute, out _)),
        "duration" => Duration().IsMatch(text),
        _ => true,
    };

    [GeneratedRegex("^(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$")]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^[-+]?(0|([0-9]*\.?[0-9]+\s*(ns|us|µs|ms|s|m|h|d|w|hour|hours|minute|minutes|second|seconds|day|days|week|weeks)\s*)+)$")]
    private static partial Regex Duration();
}
