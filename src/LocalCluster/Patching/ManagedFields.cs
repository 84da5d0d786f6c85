using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>Who set which fields: the content of <c>metadata.managedFields</c>.</summary>
internal sealed class ManagedFields
{
    /// <summary>More managers than this with operation Update are rolled into <c>ancient-changes</c>.</summary>
    private const int MaximumUpdateManagers = 10;

    private readonly Dictionary<FieldManager, ManagedEntry> _entries = [];

    /// <summary>Entries by manager.</summary>
    public IReadOnlyDictionary<FieldManager, ManagedEntry> Entries => _entries;

    /// <summary>Whether nobody manages anything.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The entry of one manager.</summary>
    public ManagedEntry? this[FieldManager manager]
    {
        get => _entries.GetValueOrDefault(manager);
        set
        {
            _entries.Remove(manager);
            if (value is not null && !value.Fields.IsEmpty)
            {
                _entries[manager] = value;
            }
        }
    }

    /// <summary>Reads the entries of an object; none when they make no sense.</summary>
    public static ManagedFields Of(JsonObject? body)
    {
        var managed = new ManagedFields();
        foreach (var entry in Raw(body)?.OfType<JsonObject>() ?? [])
        {
            if (!managed.TryAdd(entry))
            {
                return new();
            }
        }

        return managed;
    }

    /// <summary>Whether a writer asked to forget all entries: an empty list, or one empty entry.</summary>
    public static bool AreReset(JsonObject body) =>
        Raw(body) is { } list && (list.Count == 0 || (list.Count == 1 && list[0] is JsonObject { Count: 0 }));

    /// <summary>The entries of an object as they stand.</summary>
    public static JsonArray? Raw(JsonObject? body) => (body?["metadata"] as JsonObject)?["managedFields"] as JsonArray;

    /// <summary>Takes the entries off an object.</summary>
    public static void Strip(JsonObject body) => (body["metadata"] as JsonObject)?.Remove("managedFields");

    /// <summary>Every path that somebody manages.</summary>
    public FieldSet All() => _entries.Values.Aggregate(new FieldSet(), (all, entry) => all.Union(entry.Fields));

    /// <summary>Writes the entries into an object.</summary>
    public void WriteTo(JsonObject body)
    {
        Strip(body);
        if (!IsEmpty && body["metadata"] is JsonObject metadata)
        {
            metadata["managedFields"] = ToJson();
        }
    }

    /// <summary>Rolls the oldest Update managers of one version together when there are too many.</summary>
    public void Cap()
    {
        var updaters = _entries.Where(pair => !pair.Key.IsApply)
            .OrderBy(pair => Seconds(pair.Value.Time)).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal).ToList();
        var excess = updaters.Count - MaximumUpdateManagers;
        var first = new Dictionary<string, FieldManager>();
        foreach (var (manager, entry) in updaters)
        {
            if (excess <= 0)
            {
                return;
            }

            if (first.TryAdd(entry.ApiVersion, manager))
            {
                continue;
            }

            var bucket = new FieldManager("ancient-changes", IsApply: false, entry.ApiVersion, "");
            var oldest = first[entry.ApiVersion];
            var gathered = this[bucket] ?? this[oldest]!;
            this[oldest] = oldest == bucket ? this[oldest] : null;
            this[manager] = null;
            this[bucket] = entry with { Fields = entry.Fields.Union(gathered.Fields) };
            excess--;
        }
    }

    private static long Seconds(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var parsed) ? parsed.ToUnixTimeSeconds() : 0;

    private bool TryAdd(JsonObject entry)
    {
        static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

        var (operation, apiVersion) = (Text(entry["operation"]), Text(entry["apiVersion"]));
        if (operation is not ("Apply" or "Update") || apiVersion.Length == 0 || Text(entry["fieldsType"]) != "FieldsV1")
        {
            return false;
        }

        var isApply = operation == "Apply";
        var manager = new FieldManager(Text(entry["manager"]), isApply, isApply ? "" : apiVersion, Text(entry["subresource"]));
        try
        {
            _entries[manager] = new(apiVersion, FieldSet.FromFieldsV1(entry["fieldsV1"] as JsonObject ?? []))
            {
                Time = Text(entry["time"]) is { Length: > 0 } time ? time : null,
            };
        }
        catch (FormatException)
        {
            return false;
        }

        return true;
    }

    private JsonArray ToJson() => [.. _entries
        .OrderBy(pair => pair.Key.IsApply ? 0 : 1)
        .ThenBy(pair => Seconds(pair.Value.Time))
        .ThenBy(pair => pair.Key.Name, StringComparer.Ordinal)
        .ThenBy(pair => pair.Value.ApiVersion, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.Subresource, StringComparer.Ordinal)
        .Select(pair => (JsonNode)ToJson(pair.Key, pair.Value))];

    private static JsonObject ToJson(FieldManager manager, ManagedEntry entry)
    {
        var json = new JsonObject();
        if (manager.Name.Length > 0)
        {
            json["manager"] = manager.Name;
        }

        json["operation"] = manager.IsApply ? "Apply" : "Update";
        json["apiVersion"] = entry.ApiVersion;
        if (entry.Time is not null)
        {
            json["time"] = entry.Time;
        }

        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = entry.Fields.ToFieldsV1();
        if (manager.Subresource.Length > 0)
        {
            json["subresource"] = manager.Subresource;
        }

        return json;
    }
}

/// <summary>Identifies a manager: an applier is one over all versions, an updater is one for each.</summary>
internal readonly record struct FieldManager(string Name, bool IsApply, string ApiVersion, string Subresource)
{
    /// <summary>As conflict messages show it.</summary>
    public override string ToString()
    {
        var text = $"\"{Name}\"";
        if (Subresource.Length > 0)
        {
            text += $" with subresource \"{Subresource}\"";
        }

        return IsApply ? text : $"{text} using {ApiVersion}";
    }
}

/// <summary>What one manager manages.</summary>
internal sealed record ManagedEntry(string ApiVersion, FieldSet Fields)
{
    /// <summary>When it last changed something; absent when it only ever agreed.</summary>
    public string? Time { get; init; }
}
