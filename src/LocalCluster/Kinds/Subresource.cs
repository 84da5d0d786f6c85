using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>A part of an object with an address of its own.</summary>
/// <param name="Name"><c>status</c>, <c>scale</c>, …</param>
/// <param name="Gvk">The kind it speaks, when that is not the object's own.</param>
/// <param name="Verbs">What can be done with it.</param>
internal sealed record Subresource(string Name, GroupVersionKind? Gvk, IReadOnlyList<string> Verbs)
{
    private static readonly IReadOnlyList<string> ReadAndWrite = ["get", "patch", "update"];

    internal static Subresource Status { get; } = new("status", null, ReadAndWrite);

    internal static Subresource Scale { get; } = new("scale", new("autoscaling", "v1", "Scale"), ReadAndWrite);

    /// <summary>The subresources that built-in kinds have here, by the name that the kind table uses.</summary>
    internal static Subresource Named(string name) => name switch
    {
        "status" => Status,
        "scale" => Scale,
        "finalize" => new(name, null, ["update"]),
        "token" => new(name, new("authentication.k8s.io", "v1", "TokenRequest"), ["create"]),
        "eviction" => new(name, new("policy", "v1", "Eviction"), ["create"]),
        "binding" => new(name, new("", "v1", "Binding"), ["create"]),
        "approval" => new(name, null, ReadAndWrite),
        "proxy" => new(name, new("", "v1", "ServiceProxyOptions"), ["create", "delete", "get", "patch", "update"]),
        _ => throw new ArgumentException($"'{name}' is no subresource that the kind table may name.", nameof(name)),
    };
}
