using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>Evaluates a Kubernetes label selector (<c>matchLabels</c>, <c>matchExpressions</c>) over a map of texts.</summary>
internal static class LabelMatch
{
    /// <exception cref="ApplicationSetException">An operator is none of In, NotIn, Exists, DoesNotExist.</exception>
    public static bool IsMatch(JsonObject selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector["matchLabels"] is JsonObject required &&
            required.Any(entry => !labels.TryGetValue(entry.Key, out var value) || value != ParameterText.Of(entry.Value)))
        {
            return false;
        }

        return ApplicationSetSpec.Objects(selector["matchExpressions"]).All(expression => IsExpressionMatch(expression, labels));
    }

    private static bool IsExpressionMatch(JsonObject expression, IReadOnlyDictionary<string, string> labels)
    {
        var key = ApplicationSetSpec.Text(expression["key"]) ?? "";
        var isPresent = labels.TryGetValue(key, out var value);
        var values = ApplicationSetSpec.Strings(expression["values"]);
        return ApplicationSetSpec.Text(expression["operator"]) switch
        {
            "In" => isPresent && values.Contains(value!),
            "NotIn" => !isPresent || !values.Contains(value!),
            "Exists" => isPresent,
            "DoesNotExist" => !isPresent,
            var other => throw new ApplicationSetException(
                $"selector: '{other}' is no operator for '{key}'; use In, NotIn, Exists or DoesNotExist."),
        };
    }
}
