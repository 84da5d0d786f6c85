using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary><c>merge</c>: sets of the first child, overridden by later children's sets with the same values of the merge keys.</summary>
/// <remarks>The sets keep the first child's order. (Argo CD's come in random order.)</remarks>
internal sealed class MergeGenerator(GeneratorFactory factory, bool usesGoTemplate) : IParameterGenerator
{
    public async Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken)
    {
        var children = ApplicationSetSpec.Objects(generator["generators"]);
        var mergeKeys = ApplicationSetSpec.Strings(generator["mergeKeys"]).Distinct(StringComparer.Ordinal).ToList();
        if (children.Count < 2 || mergeKeys.Count == 0)
        {
            throw new ApplicationSetException("merge generator: at least two child generators and one entry in mergeKeys are needed.");
        }

        var merged = await ByKeyAsync(children[0], mergeKeys, cancellationToken).ConfigureAwait(false);
        foreach (var child in children.Skip(1))
        {
            foreach (var (key, overrides) in await ByKeyAsync(child, mergeKeys, cancellationToken).ConfigureAwait(false))
            {
                if (merged.TryGetValue(key, out var under))
                {
                    Override(under, overrides);
                }
            }
        }

        return [.. merged.Values];
    }

    private async Task<OrderedDictionary<string, JsonObject>> ByKeyAsync(JsonObject child, IReadOnlyList<string> mergeKeys, CancellationToken cancellationToken)
    {
        var sets = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var parameters in await factory.GenerateAsync(child, cancellationToken).ConfigureAwait(false))
        {
            var key = new JsonArray([.. mergeKeys.Select(name => (JsonNode)Value(parameters, name))]).ToJsonString();
            if (!sets.TryAdd(key, (JsonObject)parameters.DeepClone()))
            {
                throw new ApplicationSetException(
                    $"merge generator: one child yields two sets with the same values {key} of the merge keys; add a key that tells them apart.");
            }
        }

        return sets;
    }

    private static string Value(JsonObject parameters, string name) =>
        parameters.TryGetPropertyValue(name, out var direct)
            ? ParameterText.Of(direct)
            : ParameterText.Of(ParameterText.Flatten(parameters)[name]);

    private void Override(JsonObject under, JsonObject over)
    {
        foreach (var (key, value) in over)
        {
            if (usesGoTemplate && value is JsonObject nested && under[key] is JsonObject existing)
            {
                Override(existing, nested);
            }
            else
            {
                under[key] = value?.DeepClone();
            }
        }
    }
}
