using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>Runs a generator entry: finds the one kind it holds, and filters what comes out by the entry's <c>selector</c>.</summary>
internal sealed class GeneratorFactory
{
    private const int MaximumNesting = 2; // matrix and merge may hold one more level, whose children are terminal

    private readonly Dictionary<string, IParameterGenerator> _generators;
    private readonly int _nesting;

    public GeneratorFactory(IApplicationSetInputs inputs, ApplicationSetSpec spec)
        : this(inputs, spec.UsesGoTemplate, ParameterReplacer.For(spec), nesting: 0)
    {
    }

    private GeneratorFactory(IApplicationSetInputs inputs, bool usesGoTemplate, ParameterReplacer replacer, int nesting)
    {
        _nesting = nesting;
        _generators = new(StringComparer.Ordinal)
        {
            ["list"] = new ListGenerator(usesGoTemplate),
            ["clusters"] = new ClusterGenerator(inputs, usesGoTemplate, replacer),
            ["git"] = new GitGenerator(inputs, usesGoTemplate, replacer),
        };
        if (nesting < MaximumNesting)
        {
            var inner = new GeneratorFactory(inputs, usesGoTemplate, replacer, nesting + 1);
            _generators["matrix"] = new MatrixGenerator(inner, usesGoTemplate, replacer);
            _generators["merge"] = new MergeGenerator(inner, usesGoTemplate);
        }
    }

    /// <summary>The parameter sets of one entry of <c>generators</c>.</summary>
    /// <exception cref="ApplicationSetException">The entry holds no kind, several, or one that is not supported.</exception>
    public async Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject entry, CancellationToken cancellationToken)
    {
        var kinds = entry.Where(field => field.Key is not ("selector" or "template") && field.Value is not null).Select(field => field.Key).ToList();
        if (kinds.Count != 1)
        {
            throw new ApplicationSetException(
                $"a generator entry must hold exactly one generator, this one holds {(kinds.Count == 0 ? "none" : string.Join(", ", kinds))}.");
        }

        if (!_generators.TryGetValue(kinds[0], out var generator))
        {
            throw new ApplicationSetException(_nesting > 0 && kinds[0] is "matrix" or "merge"
                ? $"{kinds[0]} generator: matrix and merge may be nested once only."
                : $"the '{kinds[0]}' generator is not supported; use list, clusters, git, matrix or merge.");
        }

        var sets = await generator.GenerateAsync(entry[kinds[0]] as JsonObject ?? [], cancellationToken).ConfigureAwait(false);
        return entry["selector"] is JsonObject { Count: > 0 } selector
            ? [.. sets.Where(parameters => LabelMatch.IsMatch(selector, Texts(parameters)))]
            : sets;
    }

    private static Dictionary<string, string> Texts(JsonObject parameters) =>
        ParameterText.Flatten(parameters).ToDictionary(entry => entry.Key, entry => ParameterText.Of(entry.Value), StringComparer.Ordinal);
}
