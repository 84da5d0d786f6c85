using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Writes a JSON tree as block YAML, byte for byte as sigs.k8s.io/yaml does.</summary>
internal sealed class YamlEmitter
{
    private const int Step = 2;

    private readonly YamlOutput _output = new();
    private readonly ScalarWriter _scalars;

    internal YamlEmitter() => _scalars = new ScalarWriter(_output);

    internal byte[] Write(JsonNode? root)
    {
        WriteInline(root, 0, isRoot: true);
        _output.StartLine(0);
        return _output.ToUtf8();
    }

    // A collection that starts where the output stands: at the root, after '- ' or after ': ' of a long key.
    private void WriteInline(JsonNode? node, int indent, bool isRoot)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } mapping:
                WriteMapping(mapping, indent);
                break;
            case JsonArray { Count: > 0 } sequence:
                WriteSequence(sequence, indent);
                break;
            default:
                WriteScalar(node, isRoot ? Step : indent);
                break;
        }
    }

    private void WriteMapping(JsonObject mapping, int indent)
    {
        var isFirst = true;
        foreach (var (key, value) in mapping.OrderBy(pair => pair.Key, NaturalKeyOrder.Instance))
        {
            if (!isFirst)
            {
                _output.StartLine(indent);
            }

            isFirst = false;
            WriteEntry(key, value, indent);
        }
    }

    private void WriteEntry(string key, JsonNode? value, int indent)
    {
        if (!ScalarWriter.IsSimpleKey(key))
        {
            _output.Write("? ");
            _scalars.WriteText(key, indent + Step);
            _output.StartLine(indent);
            _output.Write(": ");
            WriteInline(value, indent + Step, isRoot: false);
            return;
        }

        _scalars.WriteKey(key);
        _output.Write(":");
        switch (value)
        {
            case JsonObject { Count: > 0 } mapping:
                _output.StartLine(indent + Step);
                WriteMapping(mapping, indent + Step);
                break;
            case JsonArray { Count: > 0 } sequence:
                _output.StartLine(indent); // lists stand under their key without an indent of their own
                WriteSequence(sequence, indent);
                break;
            default:
                _output.Write(" ");
                WriteScalar(value, indent + Step);
                break;
        }
    }

    private void WriteSequence(JsonArray sequence, int indent)
    {
        for (var i = 0; i < sequence.Count; i++)
        {
            if (i > 0)
            {
                _output.StartLine(indent);
            }

            _output.Write("- ");
            WriteInline(sequence[i], indent + Step, isRoot: false);
        }
    }

    private void WriteScalar(JsonNode? node, int indent)
    {
        switch (node?.GetValueKind() ?? JsonValueKind.Null)
        {
            case JsonValueKind.Object:
                _output.Write("{}");
                break;
            case JsonValueKind.Array:
                _output.Write("[]");
                break;
            case JsonValueKind.String:
                _scalars.WriteText(node!.GetValue<string>(), indent);
                break;
            case JsonValueKind.Number:
                _output.Write(Number(node!.ToJsonString()));
                break;
            case JsonValueKind.True:
                _output.Write("true");
                break;
            case JsonValueKind.False:
                _output.Write("false");
                break;
            default:
                _output.Write("null");
                break;
        }
    }

    private static string Number(string json)
    {
        var (kind, value) = YamlScalar.Resolve(json);
        return kind == ScalarKind.Float ? GoNumber.FormatGeneral((double)value!) : json;
    }
}
