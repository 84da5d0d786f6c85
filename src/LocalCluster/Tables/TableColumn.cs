using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>One column of <c>kubectl get</c>: its heading and how a cell is read from an object.</summary>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    internal string Type { get; init; } = "string";

    internal string Format { get; init; } = "";

    /// <summary>0 always shows; more only with <c>-o wide</c>.</summary>
    internal int Priority { get; init; }

    internal string Description { get; init; } = "";

    internal static TableColumn NameColumn { get; } = new("Name", (item, _) => item.Text("metadata", "name")) { Format = "name", Description = "Name of the object." };

    internal static TableColumn Age { get; } =
        new("Age", (item, now) => HumanDuration.Since(item.Text("metadata", "creationTimestamp"), now)) { Description = "Time since the object was created." };

    internal static TableColumn CreatedAt { get; } = new("Created At", (item, _) => item.Text("metadata", "creationTimestamp")) { Type = "date" };

    /// <summary>A cell made from the object alone.</summary>
    internal static TableColumn Of(string name, Func<JsonObject, string> cell) => new(name, (item, _) => cell(item));

    /// <summary>A numeric cell.</summary>
    internal static TableColumn Count(string name, Func<JsonObject, long> cell) => new(name, (item, _) => cell(item)) { Type = "integer" };

    /// <summary>Text found at a path, or a stand-in.</summary>
    internal static TableColumn At(string name, string path, string otherwise = "") =>
        Of(name, item => item.Find(path.Split('.')) is JsonValue value ? value.ToString() is { Length: > 0 } text ? text : otherwise : otherwise);

    /// <summary>The same column, only with <c>-o wide</c>.</summary>
    internal TableColumn Wide() => this with { Priority = 1 };

    internal JsonObject ToDefinition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
