using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary><c>clusters</c>: one set for each cluster Secret that the selector matches; an empty selector also yields the local cluster.</summary>
internal sealed class ClusterGenerator(IApplicationSetInputs inputs, bool usesGoTemplate, ParameterReplacer replacer) : IParameterGenerator
{
    public async Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken)
    {
        var selector = generator["selector"] as JsonObject;
        var selectsAll = selector is null || selector.Count == 0;
        var sets = new List<JsonObject>();
        foreach (var cluster in await inputs.ClustersAsync(cancellationToken).ConfigureAwait(false))
        {
            if (selectsAll || (cluster.HasSecret && LabelMatch.IsMatch(selector!, cluster.Labels)))
            {
                var parameters = usesGoTemplate ? Nested(cluster) : Flat(cluster);
                ExtraValues.AddTo(parameters, generator, usesGoTemplate, replacer);
                sets.Add(parameters);
            }
        }

        return ApplicationSetSpec.IsTrue(generator["flatList"])
            ? [new JsonObject { ["clusters"] = new JsonArray([.. sets]) }]
            : sets;
    }

    private static JsonObject Nested(KnownCluster cluster)
    {
        var parameters = Common(cluster);
        if (cluster.HasSecret)
        {
            parameters["metadata"] = new JsonObject { ["labels"] = Map(cluster.Labels), ["annotations"] = Map(cluster.Annotations) };
        }

        return parameters;
    }

    private static JsonObject Flat(KnownCluster cluster)
    {
        var parameters = Common(cluster);
        foreach (var (key, value) in cluster.Annotations)
        {
            parameters[$"metadata.annotations.{key}"] = value;
        }

        foreach (var (key, value) in cluster.Labels)
        {
            parameters[$"metadata.labels.{key}"] = value;
        }

        return parameters;
    }

    private static JsonObject Common(KnownCluster cluster) => new()
    {
        ["name"] = cluster.Name,
        ["nameNormalized"] = ParameterText.Normalize(cluster.Name),
        ["server"] = cluster.Server,
        ["project"] = cluster.Project,
    };

    private static JsonObject Map(IReadOnlyDictionary<string, string> entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
}
