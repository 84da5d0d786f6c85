namespace SecretsOps.LocalCluster.Patching;

/// <summary>A path into an object; the root has no parent.</summary>
internal sealed record FieldPath(FieldPath? Parent, PathElement Element)
{
    /// <summary>The object itself.</summary>
    public static FieldPath Root { get; } = new(null, default);

    /// <summary>The path one step further.</summary>
    public FieldPath Then(PathElement element) => new(this, element);

    /// <summary>As conflict messages show it: <c>.spec.containers[name="app"].image</c>.</summary>
    public override string ToString() => Parent is null ? "" : Parent.ToString() + Element;
}
