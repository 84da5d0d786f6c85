using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>The paths by which two values of one type differ.</summary>
internal sealed class TypedComparison
{
    private TypedComparison() => (Added, Modified, Removed) = (new(), new(), new());

    /// <summary>Paths only the second has.</summary>
    public FieldSet Added { get; private set; }

    /// <summary>Paths whose values differ.</summary>
    public FieldSet Modified { get; private set; }

    /// <summary>Paths only the first has.</summary>
    public FieldSet Removed { get; private set; }

    /// <summary>Compares two values.</summary>
    public static TypedComparison Between(JsonNode before, JsonNode after, StructuralSchema schema)
    {
        var comparison = new TypedComparison();
        comparison.Compare(Slot.Of(before), Slot.Of(after), schema, FieldPath.Root);
        return comparison;
    }

    /// <summary>The same comparison seen through a filter.</summary>
    public TypedComparison Filtered(Func<FieldSet, FieldSet> filter)
    {
        (Added, Modified, Removed) = (filter(Added), filter(Modified), filter(Removed));
        return this;
    }

    private void Compare(Slot before, Slot after, StructuralSchema schema, FieldPath path)
    {
        var treatmentBefore = TypedValue.TreatmentOf(schema, before.Node);
        var treatmentAfter = TypedValue.TreatmentOf(schema, after.Node);
        var isLeaf = false;
        if (before.IsPresent && after.IsPresent && treatmentBefore != treatmentAfter)
        {
            CompareAs(treatmentBefore, before, after, schema, path);
            isLeaf = CompareAs(treatmentAfter, before, after, schema, path);
        }
        else
        {
            isLeaf = CompareAs(after.IsPresent ? treatmentAfter : treatmentBefore, before, after, schema, path);
        }

        if (!isLeaf && !before.IsPresent)
        {
            Added.Insert(path);
        }
        else if (!isLeaf && !after.IsPresent)
        {
            Removed.Insert(path);
        }
    }

    /// <summary>Returns whether the two were compared as one value.</summary>
    private bool CompareAs(Treatment treatment, Slot before, Slot after, StructuralSchema schema, FieldPath path)
    {
        switch (treatment)
        {
            case Treatment.Map when !schema.Map!.IsAtomic && (before.AsMap is { Count: > 0 } || after.AsMap is { Count: > 0 }):
                CompareMaps(before.AsMap ?? [], after.AsMap ?? [], schema.Map, path);
                return false;
            case Treatment.List when schema.List!.Type is not ListType.Atomic && (before.AsList is { Count: > 0 } || after.AsList is { Count: > 0 }):
                CompareLists(before.AsList ?? [], after.AsList ?? [], schema.List, path);
                return false;
            default:
                CompareWhole(before, after, path);
                return true;
        }
    }

    private void CompareWhole(Slot before, Slot after, FieldPath path)
    {
        if (!before.IsPresent)
        {
            Added.Insert(path);
        }
        else if (!after.IsPresent)
        {
            Removed.Insert(path);
        }
        else if (!TypedValue.AreEqual(before.Node, after.Node))
        {
            Modified.Insert(path);
        }
    }

    private void CompareMaps(JsonObject before, JsonObject after, MapShape shape, FieldPath path)
    {
        foreach (var name in before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key)))
        {
            Compare(Slot.In(before, name), Slot.In(after, name), shape.TypeOf(name), path.Then(PathElement.Field(name)));
        }
    }

    private void CompareLists(JsonArray before, JsonArray after, ListShape shape, FieldPath path)
    {
        var left = Group(before, shape);
        var right = Group(after, shape);
        foreach (var element in left.Select(group => group.Key).Union(right.Select(group => group.Key)))
        {
            CompareElement([.. left[element]], [.. right[element]], shape, path.Then(element));
        }
    }

    private static ILookup<PathElement, JsonNode?> Group(JsonArray list, ListShape shape) =>
        list.Select(item => (Item: item, Element: TypedValue.ElementOf(shape, item, out _)))
            .Where(pair => pair.Element is not null)
            .ToLookup(pair => pair.Element!.Value, pair => pair.Item);

    private void CompareElement(List<JsonNode?> before, List<JsonNode?> after, ListShape shape, FieldPath path)
    {
        if (before.Count >= 2 && after.Count >= 2)
        {
            if (before.Count != after.Count || before.Zip(after).Any(pair => !TypedValue.AreEqual(pair.First, pair.Second)))
            {
                Modified.Insert(path);
            }

            return;
        }

        var (first, second) = (Only(before), Only(after));
        if (first.IsPresent || second.IsPresent)
        {
            Compare(first, second, shape.Element, path);
        }

        if (before.Count >= 2)
        {
            Removed.Insert(path);
        }
        else if (after.Count >= 2)
        {
            Added.Insert(path);
        }
    }

    private static Slot Only(List<JsonNode?> items) => items.Count == 1 ? Slot.Of(items[0]) : Slot.Absent;
}
