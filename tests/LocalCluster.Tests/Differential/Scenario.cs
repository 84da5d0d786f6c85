using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>A sequence of requests against one object, read from a file: <c>&gt; VERB options</c>, then a JSON body.</summary>
internal sealed record Scenario(string Name, string Resource, IReadOnlyList<ScenarioStep> Steps)
{
    public static string Directory { get; } =
        Path.Combine(Testing.RepositoryRoot.Path, "tests", "LocalCluster.Tests", "Data", "Differential");

    public static Scenario Load(string name)
    {
        var steps = new List<ScenarioStep>();
        var resource = "";
        foreach (var line in File.ReadLines(Path.Combine(Directory, name + ".scenario")).Where(line => !line.StartsWith('#')))
        {
            if (line.StartsWith("resource ", StringComparison.Ordinal))
            {
                resource = line["resource ".Length..].Trim();
            }
            else if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                steps.Add(new(line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries), ""));
            }
            else
            {
                steps[^1] = steps[^1] with { Body = steps[^1].Body + line + "\n" };
            }
        }

        return new(name, resource, steps);
    }
}

/// <summary>One request.</summary>
internal sealed record ScenarioStep(string[] Words, string Body)
{
    public string Verb => Words[0];

    public bool Has(string option) => Words.Contains(option);

    public string Option(string name, string fallback) =>
        Words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? fallback;

    public JsonNode? Json() => Body.Trim().Length == 0 ? null : JsonNode.Parse(Body);

    public override string ToString() => string.Join(' ', Words);
}
