using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>The two pattern languages of the git generators, both anchored at both ends.</summary>
internal static class PathPattern
{
    /// <summary>Go's <c>path.Match</c>: <c>*</c> and <c>?</c> stay within one level.</summary>
    public static Regex OneLevel(string pattern) => Build(pattern, star: "[^/]*", question: "[^/]");

    /// <summary>
    /// What <c>git ls-files -- PATTERN</c> matches: <c>*</c> also crosses <c>/</c>; a directory's name matches all below it.
    /// </summary>
    // Compatibility: Argo CD passes the pattern to git as a pathspec, so a/*/x.yaml also matches a/b/c/x.yaml.
    public static Regex GitPathspec(string pattern) => Build(pattern.TrimEnd('/'), star: ".*", question: ".", suffix: "(/.*)?");

    private static Regex Build(string pattern, string star, string question, string suffix = "")
    {
        var regex = new StringBuilder("^");
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case '*':
                    regex.Append(star);
                    break;
                case '?':
                    regex.Append(question);
                    break;
                case '[' when pattern.IndexOf(']', index + 2) is var end and > 0:
                    regex.Append(CharacterClass(pattern[(index + 1)..end]));
                    index = end;
                    break;
                case '\\' when index + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++index].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[index].ToString()));
                    break;
            }
        }

        return new(regex.Append(suffix).Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    private static string CharacterClass(string content)
    {
        var isNegated = content[0] is '^' or '!';
        var members = (isNegated ? content[1..] : content).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
        return isNegated ? $"[^/{members}]" : $"[{members}]";
    }
}
