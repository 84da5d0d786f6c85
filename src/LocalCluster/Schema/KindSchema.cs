using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>One kind's rules: its types, what a write fills in, drops and keeps, and what it refuses.</summary>
public abstract class KindSchema
{
    /// <summary>Group, version and kind.</summary>
    public required GroupVersionKind Kind { get; init; }

    /// <summary>The type of its objects.</summary>
    public abstract StructuralSchema Root { get; }

    /// <summary>Whether its objects live in namespaces.</summary>
    public abstract bool IsNamespaced { get; }

    /// <summary>Whether its status is written through a subresource of its own.</summary>
    public abstract bool HasStatus { get; }

    /// <summary>An object of this kind in which nothing is set.</summary>
    public abstract JsonObject Empty();

    /// <summary>Fills in what is absent and has a default.</summary>
    public abstract void ApplyDefaults(JsonObject body);

    /// <summary>Drops fields the kind does not know.</summary>
    public abstract void Prune(JsonObject body);

    /// <summary>The paths of fields the kind does not know, such as <c>spec.replica</c>.</summary>
    public abstract IReadOnlyList<string> UnknownFields(JsonObject body);

    /// <summary>Why a body cannot be read as this kind at all (a value of another type), in the decoder's words; or null.</summary>
    public abstract string? TypeProblem(JsonObject body);

    /// <summary>Makes a new object ready: first generation, no status where that is a subresource. Give it its uid before.</summary>
    public abstract void PrepareForCreate(JsonObject body);

    /// <summary>Makes a changed object ready: keeps what this subresource (empty: the object itself) may not write, counts the generation.</summary>
    public abstract void PrepareForUpdate(JsonObject updated, JsonObject live, string subresource);

    /// <summary>What is wrong with a new object, after defaults.</summary>
    public abstract IReadOnlyList<FieldError> Validate(JsonObject body);

    /// <summary>What is wrong with a changed object, after defaults.</summary>
    public abstract IReadOnlyList<FieldError> ValidateUpdate(JsonObject updated, JsonObject live);

    /// <summary>Fields that writes through a subresource (empty: the object itself) never own, as dotted paths.</summary>
    public abstract IReadOnlyList<string> ResetFields(string subresource);
}
