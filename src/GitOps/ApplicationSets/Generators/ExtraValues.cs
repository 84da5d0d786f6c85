using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>The <c>values</c> map of a generator: each value is itself a template over the set it is added to.</summary>
internal static class ExtraValues
{
    public static void AddTo(JsonObject parameters, JsonObject generator, bool usesGoTemplate, ParameterReplacer replacer)
    {
        if (generator["values"] is not JsonObject values)
        {
            return;
        }

        var rendered = values.ToDictionary(
            entry => entry.Key,
            entry => replacer.Replace(ParameterText.Of(entry.Value), parameters),
            StringComparer.Ordinal);
        var nested = new JsonObject();
        foreach (var (key, value) in rendered)
        {
            if (usesGoTemplate)
            {
                nested[key] = value;
            }
            else
            {
                parameters[$"values.{key}"] = value;
            }
        }

        if (usesGoTemplate)
        {
            parameters["values"] = nested;
        }
    }
}
