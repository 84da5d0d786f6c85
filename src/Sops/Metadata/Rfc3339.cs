using System.Globalization;

namespace SecretsOps.Sops.Metadata;

/// <summary>Times as metadata has them: RFC 3339 to the second.</summary>
internal static class Rfc3339
{
    public static string Format(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a time and prints it as sops does when it checks a MAC: seconds, its own offset, <c>Z</c> for none.</summary>
    public static bool TryNormalize(string text, out string normalized)
    {
        normalized = "";
        if (text.Length < 20 || text[10] is not ('T' or 't') || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return false;
        }

        var zone = time.Offset == TimeSpan.Zero ? "'Z'" : "zzz";
        normalized = time.ToString("yyyy-MM-dd'T'HH:mm:ss" + zone, CultureInfo.InvariantCulture);
        return true;
    }
}
