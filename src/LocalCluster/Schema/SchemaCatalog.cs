using System.Collections.Frozen;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The types of all built-in kinds, read from <c>Data/kinds.schema</c> (see <c>Data/SOURCE.md</c>).</summary>
/// <remarks>
/// A header line names a type (<c>atomic</c>, <c>kind=group/version/Kind</c> and <c>cluster</c> may follow); each indented line is
/// <c>field type [required] [go=poz] [patch=strategy/key] [default=value] [enum=A|B]</c>. Types: <c>[]T</c> atomic list, <c>[set]T</c>,
/// <c>[key,key]T</c>, <c>{}T</c> map, <c>{atomic}T</c>, <c>@name</c>, <c>@!name</c> (atomic here), or a scalar.
/// </remarks>
internal sealed class SchemaCatalog
{
    private static readonly FrozenDictionary<string, StructuralSchema> Scalars = new Dictionary<string, StructuralSchema>
    {
        ["string"] = StructuralSchema.Scalar(WireType.Text),
        ["boolean"] = StructuralSchema.Scalar(WireType.Boolean),
        ["int32"] = StructuralSchema.Scalar(WireType.Whole),
        ["int64"] = StructuralSchema.Scalar(WireType.LongWhole),
        ["double"] = StructuralSchema.Scalar(WireType.Number),
        ["byte"] = StructuralSchema.Scalar(WireType.Bytes),
        ["time"] = StructuralSchema.Scalar(WireType.Time),
        ["microTime"] = StructuralSchema.Scalar(WireType.MicroTime),
        ["quantity"] = StructuralSchema.Scalar(WireType.Quantity),
        ["intOrString"] = StructuralSchema.Scalar(WireType.IntOrString),
        ["any"] = StructuralSchema.Deduced,
        ["json"] = StructuralSchema.UntypedAtomic,
    }.ToFrozenDictionary();

    private static readonly Lazy<SchemaCatalog> Shared = new(Load);

    private readonly Dictionary<string, StructuralSchema> _types = [];
    private readonly Dictionary<string, Dictionary<string, SchemaField>> _fields = [];
    private readonly Dictionary<GroupVersionKind, BuiltInType> _kinds = [];

    /// <summary>The catalog built into this assembly.</summary>
    public static SchemaCatalog Default => Shared.Value;

    /// <summary>Every kind of the catalog.</summary>
    public IReadOnlyDictionary<GroupVersionKind, BuiltInType> Kinds => _kinds;

    /// <summary>Every named type.</summary>
    public IReadOnlyDictionary<string, StructuralSchema> Types => _types;

    private static SchemaCatalog Load()
    {
        using var stream = typeof(SchemaCatalog).Assembly.GetManifestResourceStream("kinds.schema")
            ?? throw new InvalidOperationException("The resource 'kinds.schema' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var catalog = new SchemaCatalog();
        Dictionary<string, SchemaField> fields = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                var field = catalog.ReadField(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                fields[field.Name] = field;
            }
            else if (line.Length > 0)
            {
                fields = catalog.ReadHeader(line.Split(' '));
            }
        }

        return catalog;
    }

    private Dictionary<string, SchemaField> ReadHeader(string[] words)
    {
        var name = words[0];
        var fields = _fields[name] = [];
        var isAtomic = words.Contains("atomic");
        var schema = _types[name] = new(name, WireType.None, map: () => new MapShape(fields, null, isAtomic));
        if (words.FirstOrDefault(word => word.StartsWith("kind=", StringComparison.Ordinal)) is { } kind)
        {
            var parts = kind["kind=".Length..].Split('/');
            _kinds[new(parts[0], parts[1], parts[2])] = new(schema, !words.Contains("cluster"));
        }

        return fields;
    }

    private SchemaField ReadField(string[] words)
    {
        string? Option(string name) =>
            words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

        var patch = (Option("patch=") ?? "").Split('/');
        var type = TypeFrom(words[1]);
        var fallback = Option("default=") is { } given ? DefaultOf(type, given) : null;
        return new(words[0], type)
        {
            KeyDefault = fallback ?? (Option("go=") is null ? ZeroOf(type.Wire) : null),
            IsRequired = words.Contains("required"),
            Go = (Option("go=") ?? "").Aggregate(GoField.None, (flags, letter) => flags | letter switch
            {
                'p' => GoField.Pointer,
                'o' => GoField.OmitEmpty,
                _ => GoField.OmitZero,
            }),
            PatchStrategy = patch[0],
            PatchMergeKey = patch.Length > 1 ? patch[1] : "",
            Default = fallback,
            Enum = Option("enum=")?.Split('|') ?? [],
        };
    }

    /// <summary>Kubernetes publishes zero as the default of fields that are never left out.</summary>
    private static JsonValue? ZeroOf(WireType wire) => wire switch
    {
        WireType.Text => JsonValue.Create(""),
        WireType.Whole or WireType.LongWhole => JsonValue.Create(0),
        WireType.Boolean => JsonValue.Create(false),
        _ => null,
    };

    private static JsonValue DefaultOf(StructuralSchema type, string text) =>
        type.Wire is WireType.Text ? JsonValue.Create(text) : JsonNode.Parse(text)!.AsValue();

    private StructuralSchema TypeFrom(string text) => text[0] switch
    {
        '[' => ListFrom(text),
        '{' => MapFrom(text),
        '@' when text[1] == '!' => AtomicReference(text[2..]),
        '@' => Reference(text[1..]),
        _ => Scalars[text],
    };

    private StructuralSchema ListFrom(string text)
    {
        var end = text.IndexOf(']', StringComparison.Ordinal);
        var key = text[1..end];
        var type = key switch { "" => ListType.Atomic, "set" => ListType.Set, _ => ListType.Map };
        var element = TypeFrom(text[(end + 1)..]);
        return new("", WireType.None, new ListShape(() => element, type, type is ListType.Map ? key.Split(',') : []));
    }

    private StructuralSchema MapFrom(string text)
    {
        var end = text.IndexOf('}', StringComparison.Ordinal);
        var isAtomic = text[1..end] == "atomic";
        var element = TypeFrom(text[(end + 1)..]);
        return new("", WireType.None, map: () => new MapShape(MapShape.NoFields, element, isAtomic));
    }

    private StructuralSchema Reference(string name) =>
        new(name, WireType.None, map: () => _types[name].Map);

    private StructuralSchema AtomicReference(string name) =>
        new(name, WireType.None, map: () => new MapShape(_fields[name], null, isAtomic: true));
}

/// <summary>One built-in kind in the catalog.</summary>
internal sealed record BuiltInType(StructuralSchema Schema, bool IsNamespaced);
