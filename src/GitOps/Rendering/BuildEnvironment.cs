using System.Text;

namespace SecretsOps.GitOps.Rendering;

/// <summary>Argo CD's build environment: the variables that names of value files, parameters, labels and plugins may mention.</summary>
internal sealed class BuildEnvironment(RenderRequest request)
{
    private const int ShortLength = 7;

    /// <summary>The variables by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ARGOCD_APP_NAME"] = request.ApplicationName,
        ["ARGOCD_APP_NAMESPACE"] = request.Namespace,
        ["ARGOCD_APP_PROJECT_NAME"] = request.Project,
        ["ARGOCD_APP_REVISION"] = request.Revision,
        ["ARGOCD_APP_REVISION_SHORT"] = Head(request.Revision, ShortLength),
        ["ARGOCD_APP_REVISION_SHORT_8"] = Head(request.Revision, ShortLength + 1),
        ["ARGOCD_APP_SOURCE_REPO_URL"] = request.Source.RepoUrl,
        ["ARGOCD_APP_SOURCE_PATH"] = request.Source.Path,
        ["ARGOCD_APP_SOURCE_TARGET_REVISION"] = request.Source.TargetRevision,
    };

    /// <summary>Replaces <c>$NAME</c> and <c>${NAME}</c>; unknown names become empty, <c>$$</c> becomes <c>$</c>.</summary>
    public string Expand(string text)
    {
        var result = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '$' || index + 1 == text.Length)
            {
                result.Append(text[index]);
            }
            else if (text[index + 1] == '$')
            {
                result.Append('$');
                index++;
            }
            else
            {
                index = ExpandAt(text, index, result);
            }
        }

        return result.ToString();
    }

    /// <summary>Expands the reference that starts at a dollar sign; gives the index of its last character.</summary>
    private int ExpandAt(string text, int dollar, StringBuilder result)
    {
        var isBraced = text[dollar + 1] == '{';
        var start = isBraced ? dollar + 2 : dollar + 1;
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == start || (isBraced && (end == text.Length || text[end] != '}')))
        {
            result.Append('$');
            return dollar;
        }

        result.Append(Variables.GetValueOrDefault(text[start..end], ""));
        return isBraced ? end : end - 1;
    }

    private static string Head(string text, int length) => text[..Math.Min(length, text.Length)];
}
