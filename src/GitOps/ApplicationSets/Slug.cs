using System.Text;
using SecretsOps.Templating.Functions;
using SecretsOps.Templating.Values;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Argo CD's <c>slugify [max] [smart] text</c>: lower case, dashes between words, cut at a word when smart.</summary>
internal static class Slug
{
    private const int DefaultLength = 50;

    internal static string Make(FunctionCall call)
    {
        var arguments = call.Arguments;
        if (arguments.Count is 0 or > 3 || arguments[^1] is not string text)
        {
            throw new TemplateFunctionException("slugify takes [length] [smart truncation] text");
        }

        var most = arguments.Count > 1 && arguments[0] is nint length and > 0 ? (int)length : DefaultLength;
        var isSmart = arguments.Count > 1 && arguments[^2] is not false;
        return ByteText.FromText(Cut(Clean(ByteText.ToText(text)), most, isSmart || arguments.Count == 1));
    }

    private static string Clean(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                result.Append(c);
            }
            else if (result.Length > 0 && result[^1] != '-')
            {
                result.Append('-');
            }
        }

        return result.ToString().Trim('-', '_');
    }

    private static string Cut(string slug, int most, bool isSmart)
    {
        if (slug.Length <= most)
        {
            return slug;
        }

        var word = isSmart ? slug.LastIndexOf('-', most) : most;
        return slug[..(word > 0 ? word : most)].Trim('-', '_');
    }
}
