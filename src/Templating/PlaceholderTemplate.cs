using System.Text;

namespace SecretsOps.Templating;

/// <summary>Argo CD's plain templates: <c>{{ name }}</c> is replaced by a parameter, and anything unknown stays as it is.</summary>
public static class PlaceholderTemplate
{
    /// <summary>Replaces every known placeholder of a text.</summary>
    public static string Render(string text, IReadOnlyDictionary<string, string> parameters)
    {
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (position < text.Length)
        {
            var start = text.IndexOf("{{", position, StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf("}}", start + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            var name = text[(start + 2)..end].Trim();
            result.Append(text, position, start - position);
            result.Append(parameters.TryGetValue(name, out var value) ? value : text[start..(end + 2)]);
            position = end + 2;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
