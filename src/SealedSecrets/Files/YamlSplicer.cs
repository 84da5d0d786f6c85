using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets.Files;

/// <summary>Changes single values of a YAML text by writing over their place; comments, order and quoting elsewhere stay byte for byte.</summary>
internal sealed class YamlSplicer(string text)
{
    /// <summary>The text with the changes so far.</summary>
    internal string Text { get; private set; } = text;

    /// <summary>Sets the text at a path of keys, making the mappings on the way where they are missing.</summary>
    internal void Set(int document, ReadOnlySpan<string> path, string value)
    {
        var node = Root(document);
        for (var i = 0; i < path.Length; i++)
        {
            if (node.Find(path[i]) is not { } entry)
            {
                Insert(node, path[i], Nest(path[(i + 1)..], value));
                return;
            }

            var isLast = i == path.Length - 1;
            if (isLast || entry.Value.Kind is not (MarkedNodeKind.BlockMapping or MarkedNodeKind.FlowMapping))
            {
                Replace(node, entry, Nest(path[(i + 1)..], value));
                return;
            }

            if (entry.Value.Entries.Count == 0)
            {
                Replace(node, entry, Nest(path[(i + 1)..], value));
                return;
            }

            node = entry.Value;
        }
    }

    /// <summary>Removes the entry at a path of keys, if it is there.</summary>
    internal void Remove(int document, ReadOnlySpan<string> path)
    {
        (MarkedNode Key, MarkedNode Value)? holder = null;
        var node = Root(document);
        foreach (var key in path[..^1])
        {
            holder = node.Find(key);
            if (holder is null)
            {
                return;
            }

            node = holder.Value.Value;
        }

        if (node.Find(path[^1]) is not { } entry)
        {
            return;
        }

        if (node.Entries.Count == 1 && holder is not null)
        {
            Splice(node.Start, ContentEnd(node), "{}");
        }
        else
        {
            RemoveEntry(node, entry);
        }
    }

    private MarkedNode Root(int document) =>
        MarkedYaml.Read(Text)[document] is { Kind: MarkedNodeKind.BlockMapping or MarkedNodeKind.FlowMapping } root
            ? root
            : throw new SecretFormatException($"document {document + 1} is not a mapping");

    private static JsonNode Nest(ReadOnlySpan<string> path, string value) =>
        path.IsEmpty ? JsonValue.Create(value) : new JsonObject { [path[0]] = Nest(path[1..], value) };

    private void Insert(MarkedNode mapping, string key, JsonNode value)
    {
        if (mapping.Kind == MarkedNodeKind.FlowMapping)
        {
            var separator = mapping.Entries.Count == 0 ? "" : ", ";
            Splice(mapping.End - 1, mapping.End - 1, separator + FlowEntry(key, value));
            return;
        }

        var before = mapping.Entries.FindIndex(entry => string.CompareOrdinal(entry.Key.Value, key) > 0);
        if (before >= 0 && IsSorted(mapping))
        {
            Splice(LineStart(mapping.Entries[before].Key.Start), LineStart(mapping.Entries[before].Key.Start), BlockEntry(key, value, mapping.Column));
            return;
        }

        var end = LineEnd(ContentEnd(mapping));
        var isTerminated = end > 0 && Text[end - 1] == '\n';
        Splice(end, end, (isTerminated ? "" : "\n") + BlockEntry(key, value, mapping.Column));
    }

    private void Replace(MarkedNode mapping, (MarkedNode Key, MarkedNode Value) entry, JsonNode value)
    {
        var (start, end) = (entry.Value.Start, entry.Value.End);
        if (mapping.Kind == MarkedNodeKind.FlowMapping)
        {
            Splice(start, end, FlowValue(value));
            return;
        }

        var lines = BlockEntry("k", value, mapping.Column)[mapping.Column..].TrimEnd('\n');
        var written = lines.StartsWith("k: ", StringComparison.Ordinal) ? lines[3..] : lines[2..];
        var isEmpty = start == end;
        if (value is JsonObject && start > 0 && Text[start - 1] == ' ' && written.StartsWith('\n'))
        {
            start--; // no blank behind the colon of a mapping that goes on the next line
        }

        var tail = entry.Value.Kind == MarkedNodeKind.BlockScalar && Text[start..end].EndsWith('\n') ? "\n" : "";
        Splice(start, end, (isEmpty && Text[start - 1] == ':' && !written.StartsWith('\n') ? " " : "") + written + tail);
    }

    private void RemoveEntry(MarkedNode mapping, (MarkedNode Key, MarkedNode Value) entry)
    {
        if (mapping.Kind == MarkedNodeKind.BlockMapping)
        {
            var index = mapping.Entries.FindIndex(other => other.Key == entry.Key);
            var isFirstOnLine = Text[LineStart(entry.Key.Start)..entry.Key.Start].Trim().Length == 0;
            var start = isFirstOnLine ? LineStart(entry.Key.Start) : entry.Key.Start;
            var end = isFirstOnLine ? LineEnd(ContentEnd(entry.Value)) : mapping.Entries[index + 1].Key.Start;
            Splice(start, end, "");
            return;
        }

        var at = mapping.Entries.FindIndex(other => other.Key == entry.Key);
        if (at + 1 < mapping.Entries.Count)
        {
            Splice(entry.Key.Start, mapping.Entries[at + 1].Key.Start, "");
        }
        else
        {
            Splice(mapping.Entries[at - 1].Value.End, entry.Value.End, "");
        }
    }

    // A block scalar's range ends behind its line break, maybe behind blank lines: its content ends with its last line.
    private int ContentEnd(MarkedNode node)
    {
        var end = node.End;
        while (end > node.Start && Text[end - 1] is '\n' or '\r' or ' ')
        {
            end--;
        }

        return end;
    }

    private int LineStart(int index) => index == 0 ? 0 : Text.LastIndexOf('\n', index - 1) + 1;

    private int LineEnd(int index) => Text.IndexOf('\n', index) is var end and >= 0 ? end + 1 : Text.Length;

    private static bool IsSorted(MarkedNode mapping)
    {
        for (var i = 1; i < mapping.Entries.Count; i++)
        {
            if (string.CompareOrdinal(mapping.Entries[i - 1].Key.Value, mapping.Entries[i].Key.Value) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string BlockEntry(string key, JsonNode value, int column)
    {
        var lines = Encoding.UTF8.GetString(YamlText.FromJson(new JsonObject { [key] = value })).TrimEnd('\n').Split('\n');
        return string.Concat(lines.Select(line => line.Length == 0 ? "\n" : new string(' ', column) + line + "\n"));
    }

    private static string FlowEntry(string key, JsonNode value) =>
        $"{Encoding.UTF8.GetString(GoJson.Compact(key))}: {FlowValue(value)}";

    private static string FlowValue(JsonNode value) => Encoding.UTF8.GetString(GoJson.Compact(value));

    private void Splice(int start, int end, string replacement) => Text = string.Concat(Text.AsSpan(0, start), replacement, Text.AsSpan(end));
}
