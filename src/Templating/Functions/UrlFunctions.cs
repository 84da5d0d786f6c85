using System.Globalization;
using System.Text;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions that take URLs apart and put them together.</summary>
internal static class UrlFunctions
{
    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("urlParse", Parse),
        Function("urlJoin", [Map], call => Join(call.Map(0))),
    ];

    /// <summary>Go's url.QueryEscape: blanks become plus signs.</summary>
    internal static string QueryEscape(string carrier)
    {
        var result = new StringBuilder();
        foreach (var c in carrier)
        {
            result.Append(c == ' ' ? "+"
                : char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' ? c.ToString()
                : "%" + ((int)c).ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    private static GoMap Parse(string url)
    {
        var (beforeFragment, fragment) = Cut(url, '#');
        var (scheme, rest) = Scheme(beforeFragment);
        var (beforeQuery, query) = Cut(rest, '?');
        var isOpaque = scheme.Length > 0 && !beforeQuery.StartsWith('/');
        var hasAuthority = beforeQuery.StartsWith("//", StringComparison.Ordinal);
        var authorityEnd = hasAuthority ? beforeQuery.IndexOf('/', 2) is var slash && slash < 0 ? beforeQuery.Length : slash : 0;
        var authority = hasAuthority ? beforeQuery[2..authorityEnd] : "";
        var at = authority.LastIndexOf('@');
        var host = authority[(at + 1)..];
        return new GoMap
        {
            ["scheme"] = scheme,
            ["userinfo"] = at < 0 ? "" : authority[..at],
            ["host"] = host,
            ["hostname"] = HostName(host),
            ["path"] = isOpaque ? "" : Unescape(beforeQuery[authorityEnd..]),
            ["query"] = query,
            ["opaque"] = isOpaque ? beforeQuery : "",
            ["fragment"] = Unescape(fragment),
        };
    }

    private static string Join(GoMap parts)
    {
        var scheme = Part(parts, "scheme");
        var opaque = Part(parts, "opaque");
        var host = Part(parts, "host");
        var user = Part(parts, "userinfo");
        var path = Part(parts, "path");
        path = host.Length > 0 && path.Length > 0 && path[0] != '/' ? "/" + path : path;
        var authority = host.Length > 0 || user.Length > 0 ? "//" + (user.Length > 0 ? user + "@" : "") + host : "";
        var query = Part(parts, "query");
        var fragment = Part(parts, "fragment");
        return (scheme.Length > 0 ? scheme + ":" : "")
            + (opaque.Length > 0 ? opaque : authority + EscapePath(path))
            + (query.Length > 0 ? "?" + query : "")
            + (fragment.Length > 0 ? "#" + EscapePath(fragment) : "");
    }

    private static string Part(GoMap parts, string name) => !parts.TryGet(name, out var value) ? "" : value is string text ? text
        : throw new TemplateFunctionException($"unable to parse {name} key, must be of type string, but {GoType.NameOf(value)} found");

    private static (string Scheme, string Remainder) Scheme(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        var isScheme = colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0;
        if (colon == 0)
        {
            throw new TemplateFunctionException("unable to parse url: missing protocol scheme");
        }

        return isScheme ? (url[..colon].ToLowerInvariant(), url[(colon + 1)..]) : ("", url);
    }

    private static string HostName(string host)
    {
        if (host.StartsWith('['))
        {
            return host.IndexOf(']', StringComparison.Ordinal) is var end && end > 0 ? host[1..end] : host;
        }

        var colon = host.LastIndexOf(':');
        return colon < 0 ? host : host[..colon];
    }

    private static (string Before, string After) Cut(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string Unescape(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                result.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static string EscapePath(string text) => string.Concat(text.Select(c =>
        char.IsAsciiLetterOrDigit(c) || "-_.~$&+,/:;=@!'()*".Contains(c, StringComparison.Ordinal) ? c.ToString() : "%" + ((int)c).ToString("X2", CultureInfo.InvariantCulture)));
}
