using System.Text;
using SecretsOps.Sops.Stores.Yaml;

namespace SecretsOps.Sops.Configuration;

/// <summary>A map of the configuration that remembers which of its keys were asked for.</summary>
internal sealed class ConfigMap
{
    private readonly List<(string Key, YamlNode KeyNode, YamlNode Value)> _entries = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly ConfigReader _reader;

    public ConfigMap(YamlNode node, ConfigReader reader)
    {
        _reader = reader;
        Line = node.Line + 1;
        if (node.Kind != YamlNodeKind.Mapping)
        {
            throw reader.Failure(node, "expected a map");
        }

        for (var index = 0; index < node.Content.Count; index += 2)
        {
            var key = Encoding.UTF8.GetString(node.Content[index].Value.Span);
            if (_entries.Exists(entry => string.Equals(entry.Key, key, StringComparison.Ordinal)))
            {
                throw reader.Failure(node.Content[index], $"mapping key \"{key}\" already defined");
            }

            _entries.Add((key, node.Content[index], node.Content[index + 1]));
        }
    }

    public int Line { get; }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>A scalar's text; empty when absent or null.</summary>
    public string Text(string key) => Find(key) is { } node ? _reader.Text(node) : "";

    public int Number(string key)
    {
        var text = Text(key);
        return text.Length == 0 ? 0
            : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : throw _reader.Failure(Find(key)!, $"{key} is no number");
    }

    public bool Flag(string key) => Text(key) is "true" or "True" or "TRUE";

    /// <summary>The items of a list, or of a string with commas.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var node = Find(key);
        return node?.Kind switch
        {
            null => [],
            YamlNodeKind.Sequence => [.. node.Content.Select(_reader.Text).Select(text => text.Trim()).Where(text => text.Length > 0)],
            _ => _reader.Text(node).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <summary>The maps of a list; scalars in it become maps with the one key <paramref name="scalarKey"/>.</summary>
    public IEnumerable<ConfigMap> Maps(string key, string? scalarKey = null)
    {
        var node = Find(key);
        if (node is null || (node.Kind == YamlNodeKind.Scalar && _reader.Text(node).Length == 0))
        {
            return [];
        }

        if (node.Kind != YamlNodeKind.Sequence)
        {
            throw _reader.Failure(node, $"{key} must be a list");
        }

        return node.Content.Select(ConfigReader.Followed).Select(item => item.Kind == YamlNodeKind.Scalar && scalarKey is not null ? Single(scalarKey, item) : new ConfigMap(item, _reader));
    }

    /// <summary>A map below a key, or null.</summary>
    public ConfigMap? Map(string key) => Find(key) is { Kind: YamlNodeKind.Mapping } node ? new ConfigMap(node, _reader) : null;

    /// <summary>The key-value pairs of a map below a key.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string key)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, value) in Map(key)?._entries ?? [])
        {
            pairs[name] = _reader.Text(value);
        }

        return pairs;
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    public void ReportUnknown(string place)
    {
        foreach (var (key, node, _) in _entries)
        {
            if (!_known.Contains(key) && key != "<<")
            {
                _reader.ReportUnknown(node, $"unknown key '{key}' in {place}{Suggestion(key)}");
            }
        }
    }

    private string Suggestion(string key)
    {
        var near = _known.FirstOrDefault(known => IsNear(known, key));
        return near is null ? "" : $" (did you mean '{near}'?)";
    }

    /// <summary>Equal but for case, dashes, or one letter.</summary>
    private static bool IsNear(string known, string key)
    {
        var left = known.Replace("_", "", StringComparison.Ordinal);
        var right = key.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (string.Equals(left, right, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var common = 0;
        while (common < Math.Min(left.Length, right.Length) && left[common] == right[common])
        {
            common++;
        }

        var tail = 0;
        while (tail < Math.Min(left.Length, right.Length) - common && left[^(tail + 1)] == right[^(tail + 1)])
        {
            tail++;
        }

        return Math.Max(left.Length, right.Length) - common - tail <= 1;
    }

    private static ConfigMap Single(string key, YamlNode value, ConfigReader reader)
    {
        var mapping = new YamlNode(YamlNodeKind.Mapping) { Line = value.Line, Column = value.Column };
        mapping.Content.Add(new YamlNode(YamlNodeKind.Scalar) { Value = Encoding.UTF8.GetBytes(key), Line = value.Line, Column = value.Column });
        mapping.Content.Add(value);
        return new ConfigMap(mapping, reader);
    }

    private ConfigMap Single(string key, YamlNode value) => Single(key, value, _reader);

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        var value = _entries.Find(entry => string.Equals(entry.Key, key, StringComparison.Ordinal)).Value;
        return value is null ? null : ConfigReader.Followed(value);
    }
}
