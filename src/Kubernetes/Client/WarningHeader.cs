using System.Text;

namespace SecretsOps.Kubernetes.Client;

/// <summary>The texts of a <c>Warning</c> header (RFC 7234 §5.5): <c>299 - "text"</c>, several separated by commas, quotes within a text escaped.</summary>
internal static class WarningHeader
{
    /// <summary>The texts in their order, without quotes and escapes; what is not quoted is no text.</summary>
    /// <remarks>.NET's own reader ends a text at the first escaped quote, which the API server writes around field names.</remarks>
    public static IEnumerable<string> TextsOf(string header)
    {
        for (var start = header.IndexOf('"'); start >= 0;)
        {
            var (text, end) = Quoted(header, start + 1);
            yield return text;
            if (end + 1 < header.Length && header[end] == ' ' && header[end + 1] == '"')
            {
                end = Quoted(header, end + 2).End; // the date, which has a comma of its own
            }

            var comma = end < header.Length ? header.IndexOf(',', end) : -1;
            start = comma < 0 ? -1 : header.IndexOf('"', comma);
        }
    }

    private static (string Text, int End) Quoted(string header, int start)
    {
        var text = new StringBuilder();
        var at = start;
        for (; at < header.Length && header[at] != '"'; at++)
        {
            if (header[at] == '\\' && at + 1 < header.Length)
            {
                at++;
            }

            text.Append(header[at]);
        }

        return (text.ToString(), at + 1);
    }
}
