using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary>Makes parameter sets of one kind of generator entry.</summary>
internal interface IParameterGenerator
{
    /// <summary>The sets, in a stable order. With Go templates a set is nested JSON; without, one level of dotted names with text values.</summary>
    /// <exception cref="ApplicationSetException">The entry or what it looks at cannot be read; no set may be used then.</exception>
    Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken);
}
