using static SecretsOps.Templating.Functions.Define;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions on paths with slashes. The <c>os</c> twins behave as on Linux wherever we run.</summary>
internal static class PathFunctions
{
    internal static IEnumerable<TemplateFunction> All => new (string Name, Func<string, object?> Body)[]
    {
        ("base", Base),
        ("dir", path => Clean(path[..(path.LastIndexOf('/') + 1)])),
        ("clean", Clean),
        ("ext", Extension),
        ("isAbs", path => path.StartsWith('/')),
    }.SelectMany(function => new[] { OfText(function.Name, function.Body), OfText("os" + char.ToUpperInvariant(function.Name[0]) + function.Name[1..], function.Body) });

    private static string Base(string path)
    {
        var trimmed = path.TrimEnd('/');
        return path.Length == 0 ? "." : trimmed.Length == 0 ? "/" : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static string Extension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : "";
    }

    private static string Clean(string path)
    {
        var isRooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(part => part.Length > 0 && part != "."))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".." || !isRooted)
            {
                parts.Add(part);
            }
        }

        var cleaned = string.Join('/', parts);
        return isRooted ? "/" + cleaned : cleaned.Length == 0 ? "." : cleaned;
    }
}
