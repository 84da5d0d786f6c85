using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What the scalars of a type look like on the wire.</summary>
public enum WireType
{
    /// <summary>Not a scalar.</summary>
    None,

    /// <summary>Text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A 32-bit integer.</summary>
    Whole,

    /// <summary>A 64-bit integer.</summary>
    LongWhole,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>Base64 text.</summary>
    Bytes,

    /// <summary>RFC 3339 text with seconds.</summary>
    Time,

    /// <summary>RFC 3339 text with microseconds.</summary>
    MicroTime,

    /// <summary>A quantity such as <c>500m</c>, as text or number.</summary>
    Quantity,

    /// <summary>An integer or text.</summary>
    IntOrString,

    /// <summary>Anything.</summary>
    Any,
}

/// <summary>How the elements of a list are told apart when two lists are merged.</summary>
public enum ListType
{
    /// <summary>The list is one value.</summary>
    Atomic,

    /// <summary>Elements are scalars and each occurs once.</summary>
    Set,

    /// <summary>Elements are maps, told apart by key fields.</summary>
    Map,
}

/// <summary>The type of a value: which scalars, lists and maps it may be, and how two of them merge.</summary>
/// <remarks>A type may be several of these at once; what a value is then decides. Types may contain themselves.</remarks>
public sealed class StructuralSchema
{
    private readonly Func<MapShape?>? _mapSource;
    private MapShape? _map;

    internal StructuralSchema(string name, WireType wire, ListShape? list = null, Func<MapShape?>? map = null) =>
        (Name, Wire, List, _mapSource) = (name, wire, list, map);

    /// <summary>A value nothing is known of: maps merge field by field, lists are one value.</summary>
    public static StructuralSchema Deduced { get; } = Untyped("__untyped_deduced_", isAtomic: false);

    /// <summary>A value nothing is known of that is always replaced whole.</summary>
    public static StructuralSchema UntypedAtomic { get; } = Untyped("__untyped_atomic_", isAtomic: true);

    /// <summary>The type's short name, such as <c>apps.v1.DeploymentSpec</c>, or empty.</summary>
    public string Name { get; }

    /// <summary>The scalars it may be.</summary>
    public WireType Wire { get; }

    /// <summary>How it is a list, or null.</summary>
    public ListShape? List { get; }

    /// <summary>How it is a map, or null.</summary>
    public MapShape? Map => _map ??= _mapSource?.Invoke();

    /// <summary>The type's name, or its shape.</summary>
    public override string ToString() => Name.Length > 0 ? Name : Map is not null ? "map" : List is not null ? "list" : Wire.ToString();

    internal static StructuralSchema Scalar(WireType wire) => new("", wire);

    private static StructuralSchema Untyped(string name, bool isAtomic)
    {
        StructuralSchema self = null!;
        var list = new ListShape(() => isAtomic ? self : UntypedAtomic, ListType.Atomic, []);
        self = new(name, WireType.Any, list, () => new MapShape(MapShape.NoFields, self, isAtomic));
        return self;
    }
}

/// <summary>How a type is a list.</summary>
public sealed class ListShape(Func<StructuralSchema> element, ListType type, IReadOnlyList<string> keys)
{
    /// <summary>The type of each element.</summary>
    public StructuralSchema Element => element();

    /// <summary>How elements are told apart.</summary>
    public ListType Type { get; } = type;

    /// <summary>The key fields of a <see cref="ListType.Map"/>.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>How a type is a map: declared fields, and the type of all others when others are allowed.</summary>
public sealed class MapShape(IReadOnlyDictionary<string, SchemaField> fields, StructuralSchema? element, bool isAtomic)
{
    internal static readonly IReadOnlyDictionary<string, SchemaField> NoFields = new Dictionary<string, SchemaField>();

    /// <summary>Declared fields by name.</summary>
    public IReadOnlyDictionary<string, SchemaField> Fields { get; } = fields;

    /// <summary>The type of undeclared fields; null when there may be none.</summary>
    public StructuralSchema? Element { get; } = element;

    /// <summary>Whether the map is one value when merged.</summary>
    public bool IsAtomic { get; } = isAtomic;

    /// <summary>The type of a field, declared or not; unknown fields are of a deduced type.</summary>
    public StructuralSchema TypeOf(string field) =>
        Fields.TryGetValue(field, out var declared) ? declared.Type : Element ?? StructuralSchema.Deduced;
}

/// <summary>One declared field of a map.</summary>
public sealed record SchemaField(string Name, StructuralSchema Type)
{
    /// <summary>Whether the published schema demands it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The schema's default.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>What the field counts as where it is a key of a list's elements and absent; null when there is no such value.</summary>
    public JsonNode? KeyDefault { get; init; }

    /// <summary>How the API server's own types hold the field.</summary>
    public GoField Go { get; init; }

    /// <summary>What a strategic merge patch does: any of <c>merge</c>, <c>retainKeys</c>, <c>replace</c>, joined by commas; or empty.</summary>
    public string PatchStrategy { get; init; } = "";

    /// <summary>The key by which a strategic merge patch tells elements apart, or empty.</summary>
    public string PatchMergeKey { get; init; } = "";

    /// <summary>The allowed texts of an enumeration; empty when any is.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];
}

/// <summary>How a field of a built-in kind is held and encoded: what becomes of absent and empty values follows from it.</summary>
[Flags]
public enum GoField
{
    /// <summary>A plain value, always encoded.</summary>
    None = 0,

    /// <summary>A pointer: absent and zero differ.</summary>
    Pointer = 1,

    /// <summary>Left out when empty; a map with declared fields never is.</summary>
    OmitEmpty = 2,

    /// <summary>Left out when zero, maps with declared fields too.</summary>
    OmitZero = 4,
}
