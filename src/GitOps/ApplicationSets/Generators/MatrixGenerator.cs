using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary><c>matrix</c>: every set of the first child with every set of the second; the second may use the first's parameters.</summary>
internal sealed class MatrixGenerator(GeneratorFactory factory, bool usesGoTemplate, ParameterReplacer replacer) : IParameterGenerator
{
    public async Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken)
    {
        var children = ApplicationSetSpec.Objects(generator["generators"]);
        if (children.Count != 2)
        {
            throw new ApplicationSetException($"matrix generator: exactly two child generators are needed, {children.Count} are given.");
        }

        var sets = new List<JsonObject>();
        foreach (var first in await factory.GenerateAsync(children[0], cancellationToken).ConfigureAwait(false))
        {
            var child = (JsonObject)replacer.Replace(children[1], first)!;
            foreach (var second in await factory.GenerateAsync(child, cancellationToken).ConfigureAwait(false))
            {
                sets.Add(Combine(first, second));
            }
        }

        return sets;
    }

    private JsonObject Combine(JsonObject first, JsonObject second)
    {
        var combined = (JsonObject)second.DeepClone();
        foreach (var (key, value) in first)
        {
            if (usesGoTemplate && value is JsonObject over && combined[key] is JsonObject under)
            {
                combined[key] = Combine(over, under);
            }
            else if (!usesGoTemplate && combined.TryGetPropertyValue(key, out var other) && ParameterText.Of(other) != ParameterText.Of(value))
            {
                throw new ApplicationSetException(
                    $"matrix generator: both children give '{key}' with different values; rename one, for git generators by pathParamPrefix.");
            }
            else
            {
                combined[key] = value?.DeepClone();
            }
        }

        return combined;
    }
}
