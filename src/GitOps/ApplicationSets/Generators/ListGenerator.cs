using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary><c>list</c>: the parameter sets stand in the entry itself, as <c>elements</c> or as YAML text in <c>elementsYaml</c>.</summary>
internal sealed class ListGenerator(bool usesGoTemplate) : IParameterGenerator
{
    public Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken)
    {
        var sets = ApplicationSetSpec.Objects(generator["elements"]).Concat(ElementsOfText(generator));
        return Task.FromResult<IReadOnlyList<JsonObject>>([.. sets.Select(Parameters)]);
    }

    private static IEnumerable<JsonObject> ElementsOfText(JsonObject generator)
    {
        var text = ApplicationSetSpec.Text(generator["elementsYaml"]);
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        return YamlParameters.Read(Encoding.UTF8.GetBytes(text), "list generator: elementsYaml");
    }

    private JsonObject Parameters(JsonObject element)
    {
        if (usesGoTemplate)
        {
            return (JsonObject)element.DeepClone();
        }

        var parameters = new JsonObject();
        foreach (var (key, value) in element)
        {
            if (key == "values" && value is JsonObject values)
            {
                foreach (var (name, nested) in values)
                {
                    parameters[$"values.{name}"] = RequiredText(nested, $"values.{name}");
                }
            }
            else
            {
                parameters[key] = RequiredText(value, key);
            }
        }

        return parameters;
    }

    private static string RequiredText(JsonNode? value, string key) => ApplicationSetSpec.Text(value)
        ?? throw new ApplicationSetException(
            $"list generator: the value of '{key}' is no string; quote it, or set spec.goTemplate to true to use other types.");
}
