using System.Collections.Frozen;
using System.Globalization;

namespace SecretsOps.LocalCluster.Protobuf;

/// <summary>What a zero or empty value of a field means.</summary>
internal enum ZeroMeaning
{
    /// <summary>Nothing was given.</summary>
    Absent,

    /// <summary>Zero was given.</summary>
    Given,
}

/// <summary>One field of a message; <paramref name="Name"/> is empty where its own fields belong to the message around it.</summary>
internal sealed record WireField(string Name, ZeroMeaning Zero, string Type);

/// <summary>The protobuf shape of the built-in kinds, read from <c>Data/kinds.wire</c> (see <c>Data/SOURCE.md</c>).</summary>
internal sealed class WireCatalog
{
    private const string DeleteOptions = "meta.v1.DeleteOptions";

    private static readonly Lazy<WireCatalog> Shared = new(Load);

    private readonly FrozenDictionary<string, Dictionary<int, WireField>> _messages;
    private readonly FrozenDictionary<(string ApiVersion, string Kind), string> _kinds;

    private WireCatalog(Dictionary<string, Dictionary<int, WireField>> messages, Dictionary<(string, string), string> kinds)
    {
        _messages = messages.ToFrozenDictionary(StringComparer.Ordinal);
        _kinds = kinds.ToFrozenDictionary();
    }

    internal static WireCatalog Default => Shared.Value;

    /// <summary>The fields of a message by number.</summary>
    internal IReadOnlyDictionary<int, WireField> FieldsOf(string message) => _messages[message];

    /// <summary>The message of a kind, or null when it has none here. Options of a delete come in the version of what is deleted.</summary>
    internal string? MessageOf(string apiVersion, string kind) =>
        kind == "DeleteOptions" ? DeleteOptions : _kinds.GetValueOrDefault((apiVersion, kind));

    private static WireCatalog Load()
    {
        using var stream = typeof(WireCatalog).Assembly.GetManifestResourceStream("kinds.wire")
            ?? throw new InvalidOperationException("The resource 'kinds.wire' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var messages = new Dictionary<string, Dictionary<int, WireField>>();
        var kinds = new Dictionary<(string, string), string>();
        Dictionary<int, WireField> fields = [];
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith(' '))
            {
                fields[int.Parse(words[0], CultureInfo.InvariantCulture)] =
                    new(words[2] == "i" ? "" : words[1], words[2] == "o" ? ZeroMeaning.Absent : ZeroMeaning.Given, words[3]);
                continue;
            }

            messages[words[0]] = fields = [];
            if (words is [var name, var gvk])
            {
                var at = gvk.LastIndexOf('/');
                kinds[(gvk[..at].TrimStart('/'), gvk[(at + 1)..])] = name;
            }
        }

        return new WireCatalog(messages, kinds);
    }
}
