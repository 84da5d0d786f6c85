using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Builds the JSON tree of one YAML document from parser events.</summary>
internal sealed class YamlComposer(IParser parser, string sourceName, int document, DuplicateKeys duplicateKeys)
{
    private const int MaxAliasedNodes = 250_000; // a bomb of nested aliases stops here; real manifests use dozens

    private readonly Dictionary<AnchorName, (JsonNode? Node, int Size)> _anchors = [];
    private readonly HashSet<AnchorName> _open = [];
    private int _nodes;
    private int _aliasedNodes;

    internal JsonNode? ReadDocument()
    {
        parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        parser.Consume<DocumentEnd>();
        return root;
    }

    private JsonNode? ReadNode(int depth)
    {
        if (depth > KubernetesObject.MaxDepth - 2)
        {
            throw Error(parser.Current!, $"nested deeper than {KubernetesObject.MaxDepth} levels");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Expand(alias);
        }

        var @event = parser.Consume<NodeEvent>();
        var before = _nodes++;
        if (!@event.Anchor.IsEmpty)
        {
            _open.Add(@event.Anchor);
        }

        var node = @event switch
        {
            Scalar scalar => ToValue(scalar),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw Error(@event, "unexpected content"),
        };
        if (!@event.Anchor.IsEmpty)
        {
            _open.Remove(@event.Anchor);
            _anchors[@event.Anchor] = (node, _nodes - before);
        }

        return node;
    }

    private JsonArray ReadSequence(int depth)
    {
        var array = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(ReadNode(depth + 1));
        }

        return array;
    }

    private JsonObject ReadMapping(int depth)
    {
        var result = new JsonObject();
        var written = new HashSet<string>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var start = parser.Current!;
            if (start is Scalar { IsPlainImplicit: true, Value: "<<" })
            {
                parser.Consume<Scalar>();
                Merge(result, start, ReadNode(depth + 1));
                continue;
            }

            var key = ReadKey(start);
            if (!written.Add(key) && duplicateKeys == DuplicateKeys.Reject)
            {
                throw Error(start, $"key '{key}' is given twice in one mapping");
            }

            result[key] = ReadNode(depth + 1);
        }

        return result;
    }

    private string ReadKey(ParsingEvent start)
    {
        var node = start is Scalar or AnchorAlias ? ReadNode(0) : throw Error(start, "a key must be a scalar");
        return node switch
        {
            JsonValue value when value.TryGetValue(out string? text) => text,
            JsonValue value => value.ToJsonString(), // sigs.k8s.io/yaml writes number and boolean keys as their text
            _ => throw Error(start, "a key must not be null"),
        };
    }

    // Compatibility: go-yaml v2 merges where the '<<' stands, so keys before it are overwritten and keys after it win.
    private void Merge(JsonObject target, ParsingEvent start, JsonNode? source)
    {
        if (source is JsonArray list)
        {
            foreach (var item in list.Reverse())
            {
                Merge(target, start, item);
            }

            return;
        }

        foreach (var (key, value) in source as JsonObject ?? throw Error(start, "'<<' needs a mapping or a list of mappings"))
        {
            target[key] = value?.DeepClone();
        }
    }

    private JsonNode? Expand(AnchorAlias alias)
    {
        if (_open.Contains(alias.Value))
        {
            throw Error(alias, $"anchor '{alias.Value}' contains itself");
        }

        if (!_anchors.TryGetValue(alias.Value, out var anchored))
        {
            throw Error(alias, $"no anchor '{alias.Value}' before this alias");
        }

        _nodes += anchored.Size;
        _aliasedNodes += anchored.Size;
        return _aliasedNodes <= MaxAliasedNodes
            ? anchored.Node?.DeepClone()
            : throw Error(alias, $"aliases expand to more than {MaxAliasedNodes} nodes");
    }

    private JsonNode? ToValue(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
        if (tag.Length > 0)
        {
            return Tagged(scalar, tag);
        }

        if (!scalar.IsPlainImplicit)
        {
            return JsonValue.Create(scalar.Value);
        }

        var (kind, value) = YamlScalar.Resolve(scalar.Value);
        return ToJson(scalar, kind, value);
    }

    private JsonNode? Tagged(Scalar scalar, string tag)
    {
        var (kind, value) = YamlScalar.Resolve(scalar.Value);
        return tag switch
        {
            "tag:yaml.org,2002:int" when kind == ScalarKind.Integer => ToJson(scalar, kind, value),
            "tag:yaml.org,2002:float" when kind is ScalarKind.Float or ScalarKind.Integer => ToJson(scalar, kind, value),
            "tag:yaml.org,2002:bool" when kind == ScalarKind.Boolean => ToJson(scalar, kind, value),
            "tag:yaml.org,2002:null" when kind == ScalarKind.Null => null,
            "tag:yaml.org,2002:binary" => FromBase64(scalar),
            "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" =>
                throw Error(scalar, $"the value is not what its tag '!!{tag[(tag.LastIndexOf(':') + 1)..]}' says"),
            _ => JsonValue.Create(scalar.Value),
        };
    }

    private JsonNode? ToJson(Scalar scalar, ScalarKind kind, object? value) => (kind, value) switch
    {
        (ScalarKind.Null, _) => null,
        (ScalarKind.Boolean, bool truth) => JsonValue.Create(truth),
        (ScalarKind.Integer, long integer) => JsonValue.Create(integer),
        (ScalarKind.Integer, ulong integer) => JsonValue.Create(integer),
        (ScalarKind.Float, double number) when double.IsFinite(number) => JsonNode.Parse(GoNumber.Format(number)),
        (ScalarKind.Float, _) => throw Error(scalar, "JSON has no NaN and no infinity; quote the value if it is text"),
        _ => JsonValue.Create(scalar.Value),
    };

    private JsonValue FromBase64(Scalar scalar)
    {
        try
        {
            return JsonValue.Create(Encoding.UTF8.GetString(Convert.FromBase64String(scalar.Value)));
        }
        catch (FormatException e)
        {
            throw new ManifestException(sourceName, document, scalar.Start.Line, "the value is tagged !!binary but is not base64", e);
        }
    }

    private ManifestException Error(ParsingEvent at, string problem) =>
        new(sourceName, document, at.Start.Line, string.Create(CultureInfo.InvariantCulture, $"{problem}"));
}
