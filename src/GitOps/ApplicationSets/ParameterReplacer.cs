using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Puts a parameter set into every string of a JSON document, map keys included.</summary>
/// <remarks>
/// Without <c>goTemplate</c>, <c>{{ name }}</c> is replaced textually and unknown names stay as they are.
/// With it, each string is a Go template of its own.
/// </remarks>
internal abstract class ParameterReplacer
{
    /// <summary>The replacer that an ApplicationSet's <c>goTemplate</c> and <c>goTemplateOptions</c> ask for.</summary>
    public static ParameterReplacer For(ApplicationSetSpec spec) =>
        spec.UsesGoTemplate ? new GoTemplateReplacer(spec.GoTemplateOptions) : new TextualReplacer();

    /// <summary>Replaces in one string.</summary>
    /// <exception cref="ApplicationSetException">The string is no valid template, or refers to what is not there.</exception>
    public abstract string Replace(string text, JsonObject parameters);

    /// <summary>A copy of <paramref name="node"/> with every string replaced.</summary>
    /// <exception cref="ApplicationSetException">A string is no valid template, or refers to what is not there.</exception>
    public JsonNode? Replace(JsonNode? node, JsonObject parameters)
    {
        switch (node)
        {
            case JsonObject map:
                var copy = new JsonObject();
                foreach (var (key, value) in map)
                {
                    copy[Replace(key, parameters)] = Replace(value, parameters);
                }

                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Replace(item, parameters))]);
            case JsonValue scalar when scalar.TryGetValue(out string? text):
                return Replace(text, parameters);
            default:
                return node?.DeepClone();
        }
    }

    private sealed class TextualReplacer : ParameterReplacer
    {
        public override string Replace(string text, JsonObject parameters)
        {
            var open = text.IndexOf("{{", StringComparison.Ordinal);
            if (open < 0)
            {
                return text;
            }

            var result = new StringBuilder();
            var done = 0;
            while (open >= 0 && text.IndexOf("}}", open + 2, StringComparison.Ordinal) is var close and >= 0)
            {
                var name = text[(open + 2)..close].Trim();
                result.Append(text, done, open - done);
                result.Append(parameters.TryGetPropertyValue(name, out var value) ? ParameterText.Of(value) : text[open..(close + 2)]);
                done = close + 2;
                open = text.IndexOf("{{", done, StringComparison.Ordinal);
            }

            return result.Append(text, done, text.Length - done).ToString();
        }
    }
}
