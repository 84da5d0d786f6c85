using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.Sources;

/// <summary>Reads and compares the ways to write one repository's address.</summary>
internal static partial class RepositoryUrl
{
    /// <summary>Makes spellings of one repository equal: lower-case host, no <c>.git</c>, no user, <c>git@host:path</c> as <c>host/path</c>.</summary>
    public static string Normalize(string url)
    {
        var text = url.Trim();
        if (ScpForm().Match(text) is { Success: true } scp && !text.Contains("://", StringComparison.Ordinal))
        {
            text = $"ssh://{scp.Groups["host"].Value}/{scp.Groups["path"].Value.TrimStart('/')}";
        }

        text = text.Length > 1 ? text.TrimEnd('/') : text;
        text = text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.IsFile)
        {
            return text.TrimEnd('/');
        }

        var port = uri.IsDefaultPort || (uri.Scheme == "ssh" && uri.Port is 22 or -1) ? "" : $":{uri.Port}";
        var scheme = uri.Scheme == "ssh" ? "" : $"{uri.Scheme}://";
        return $"{scheme}{uri.Host.ToLowerInvariant()}{port}{uri.AbsolutePath.TrimEnd('/')}";
    }

    /// <summary>What polls are shared by: for http the spelling does not matter, while paths of ssh may mean different folders.</summary>
    public static string Identity(string url) => url.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? Normalize(url) : url;

    /// <summary>Whether two addresses may mean one repository, however it is reached: over https or ssh, with any user and port.</summary>
    public static bool IsSame(string left, string right) => left == right || HostAndPath(left).Equals(HostAndPath(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses what git could take for an option or a helper program.</summary>
    /// <exception cref="SourceException">The address is not one of the supported forms.</exception>
    public static void Validate(string url)
    {
        if (url.StartsWith('-') || url.Contains("::", StringComparison.Ordinal) || url.Any(char.IsControl))
        {
            throw new SourceException($"repository '{url}': not an address of git; write https://…, ssh://…, user@host:path, file:///… or an absolute path");
        }
    }

    /// <summary>A folder name for the local copy of a repository.</summary>
    public static string FolderName(RepositoryAccess access)
    {
        var name = Normalize(access.Url);
        var readable = Unsafe().Replace(name[(name.LastIndexOf('/') + 1)..], "-");
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(access.Key)).AsSpan(0, 8))}.git";
    }

    /// <summary>The address without a password, for messages.</summary>
    public static string Redact(string url) => Password().Replace(url, "$1***@");

    private static string HostAndPath(string url)
    {
        var normal = Normalize(url);
        return Uri.TryCreate(normal.Contains("://", StringComparison.Ordinal) ? normal : $"ssh://{normal}", UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? uri.Host + uri.AbsolutePath
            : normal;
    }

    [GeneratedRegex("^(?:[^@/:]+@)?(?<host>[^/:]+):(?<path>(?!//).+)$")]
    private static partial Regex ScpForm();

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex Unsafe();

    [GeneratedRegex("(://[^/@:]*:)[^/@]*@")]
    private static partial Regex Password();
}
