using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>A set of field paths, as <c>managedFields</c> records them.</summary>
internal sealed class FieldSet
{
    private readonly SortedSet<PathElement> _members = [];
    private readonly SortedDictionary<PathElement, FieldSet> _children = [];

    /// <summary>Whether it holds no path.</summary>
    public bool IsEmpty => _members.Count == 0 && _children.Values.All(child => child.IsEmpty);

    /// <summary>Whether the one-step path is in the set.</summary>
    public bool Has(PathElement element) => _members.Contains(element);

    /// <summary>The paths that go on below a step; null when there are none.</summary>
    public FieldSet? Below(PathElement element) =>
        _children.TryGetValue(element, out var child) && !child.IsEmpty ? child : null;

    /// <summary>Adds a path; the empty path is the object itself and is not recorded.</summary>
    public void Insert(FieldPath path)
    {
        if (path.Parent is null)
        {
            return;
        }

        Descend(path.Parent)._members.Add(path.Element);
    }

    /// <summary>Paths of either.</summary>
    public FieldSet Union(FieldSet other) => Combine(other, (mine, theirs) => mine || theirs);

    /// <summary>Paths of both.</summary>
    public FieldSet Intersection(FieldSet other) => Combine(other, (mine, theirs) => mine && theirs);

    /// <summary>Paths of this one only.</summary>
    public FieldSet Difference(FieldSet other) => Combine(other, (mine, theirs) => mine && !theirs);

    /// <summary>Paths of this one that are neither in the other nor below one of its paths.</summary>
    public FieldSet RecursiveDifference(FieldSet other)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Where(member => !other.Has(member)));
        foreach (var (element, child) in _children.Where(pair => !other.Has(pair.Key)))
        {
            result.SetChild(element, other.Below(element) is { } below ? child.RecursiveDifference(below) : child);
        }

        return result;
    }

    /// <summary>Paths of this one that are in the other or below one of its paths.</summary>
    public FieldSet Within(FieldSet other)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Where(other.Has));
        foreach (var (element, child) in _children)
        {
            if (other.Has(element))
            {
                result.SetChild(element, child);
            }
            else if (other.Below(element) is { } below)
            {
                result.SetChild(element, child.Within(below));
            }
        }

        return result;
    }

    /// <summary>Every declared field that has paths below it becomes a member itself, so that removing it removes the whole.</summary>
    public FieldSet WithNamedFieldsAsMembers(StructuralSchema schema)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members);
        foreach (var (element, child) in _children)
        {
            var isDeclared = element.IsField && schema.Map?.Fields.ContainsKey(element.FieldName) == true;
            if (isDeclared)
            {
                result._members.Add(element);
            }

            result.SetChild(element, child.WithNamedFieldsAsMembers(TypeBelow(schema, element)));
        }

        return result;
    }

    /// <summary>All paths, those of one level before those below it.</summary>
    public IEnumerable<FieldPath> Paths() => Paths(FieldPath.Root);

    /// <summary>The <c>fieldsV1</c> form.</summary>
    public JsonObject ToFieldsV1()
    {
        var json = new JsonObject();
        foreach (var element in _members.Union(_children.Where(pair => !pair.Value.IsEmpty).Select(pair => pair.Key)).Order())
        {
            var below = Below(element)?.ToFieldsV1() ?? [];
            if (below.Count > 0 && Has(element))
            {
                below.Insert(0, ".", new JsonObject());
            }

            json[element.Text] = below;
        }

        return json;
    }

    /// <summary>Reads the <c>fieldsV1</c> form.</summary>
    /// <exception cref="FormatException">A key is no path element.</exception>
    public static FieldSet FromFieldsV1(JsonObject json)
    {
        var set = new FieldSet();
        foreach (var (text, value) in json.Where(pair => pair.Key != "."))
        {
            var below = value as JsonObject ?? [];
            if (PathElement.Parse(text) is not { } element)
            {
                continue;
            }

            if (below.Count == 0 || below.ContainsKey("."))
            {
                set._members.Add(element);
            }

            set.SetChild(element, FromFieldsV1(below));
        }

        return set;
    }

    /// <summary>A set of dotted paths of plain fields, such as <c>metadata.name</c>.</summary>
    public static FieldSet OfFields(params IEnumerable<string> paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
        {
            set.Insert(path.Split('.').Aggregate(FieldPath.Root, (parent, name) => parent.Then(PathElement.Field(name))));
        }

        return set;
    }

    private static StructuralSchema TypeBelow(StructuralSchema schema, PathElement element)
    {
        if (element.IsField)
        {
            return schema.Map?.TypeOf(element.FieldName) ?? StructuralSchema.Deduced;
        }

        return schema.List?.Element ?? StructuralSchema.Deduced;
    }

    private FieldSet Descend(FieldPath path)
    {
        if (path.Parent is null)
        {
            return this;
        }

        var parent = Descend(path.Parent);
        if (!parent._children.TryGetValue(path.Element, out var child))
        {
            parent._children[path.Element] = child = new();
        }

        return child;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> keep)
    {
        var result = new FieldSet();
        result._members.UnionWith(_members.Union(other._members).Where(member => keep(Has(member), other.Has(member))));
        foreach (var element in _children.Keys.Union(other._children.Keys))
        {
            var mine = _children.GetValueOrDefault(element) ?? new();
            result.SetChild(element, mine.Combine(other._children.GetValueOrDefault(element) ?? new(), keep));
        }

        return result;
    }

    private void SetChild(PathElement element, FieldSet child)
    {
        if (!child.IsEmpty)
        {
            _children[element] = child;
        }
    }

    private IEnumerable<FieldPath> Paths(FieldPath prefix) =>
        _members.Select(prefix.Then).Concat(_children.SelectMany(pair => pair.Value.Paths(prefix.Then(pair.Key))));
}
