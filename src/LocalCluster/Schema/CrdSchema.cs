using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The rules of one version of a custom resource, from its definition.</summary>
/// <remarks>CEL rules (<c>x-kubernetes-validations</c>) are not evaluated.</remarks>
public sealed class CrdSchema : KindSchema
{
    private readonly StructuralSchema _root;
    private readonly bool _isNamespaced;
    private readonly bool _hasStatus;

    private CrdSchema(JsonObject crd, JsonObject version)
    {
        OpenApi = version["schema"]?["openAPIV3Schema"] as JsonObject ?? new JsonObject { ["type"] = "object", [CrdStructure.PreserveUnknown] = true };
        _root = CrdStructure.Root(OpenApi);
        _isNamespaced = crd["spec"]?["scope"]?.ToString() != "Cluster";
        _hasStatus = version["subresources"]?["status"] is not null;
    }

    /// <summary>The published <c>openAPIV3Schema</c>.</summary>
    public JsonObject OpenApi { get; }

    /// <inheritdoc/>
    public override StructuralSchema Root => _root;

    /// <inheritdoc/>
    public override bool IsNamespaced => _isNamespaced;

    /// <inheritdoc/>
    public override bool HasStatus => _hasStatus;

    /// <summary>The rules of one version of a definition.</summary>
    /// <exception cref="ArgumentException">The definition has no such version.</exception>
    public static CrdSchema For(JsonObject crd, string version)
    {
        ArgumentNullException.ThrowIfNull(crd);
        var spec = crd["spec"] as JsonObject ?? [];
        var found = (spec["versions"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(item => item["name"]?.ToString() == version)
            ?? throw new ArgumentException($"CustomResourceDefinition/{crd["metadata"]?["name"]} has no version '{version}'.", nameof(version));
        return new(crd, found) { Kind = new(spec["group"]!.ToString(), version, spec["names"]!["kind"]!.ToString()) };
    }

    /// <inheritdoc/>
    public override JsonObject Empty() => new() { ["apiVersion"] = Kind.ApiVersion, ["kind"] = Kind.Kind };

    /// <inheritdoc/>
    public override void ApplyDefaults(JsonObject body) => CrdValues.ApplyDefaults(body, OpenApi);

    /// <inheritdoc/>
    public override void Prune(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        CrdValues.VisitUnknown(body, OpenApi, isRoot: true, "", (map, name, _) => map.Remove(name));
        if (body["metadata"] is JsonObject metadata)
        {
            GoRoundTrip.Normalize(metadata, SchemaCatalog.Default.Types["meta.v1.ObjectMeta"]);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> UnknownFields(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var found = new List<string>();
        CrdValues.VisitUnknown(body, OpenApi, isRoot: true, "", (_, _, path) => found.Add(path));
        if (body["metadata"] is JsonObject metadata)
        {
            found.AddRange(Schema.UnknownFields.Of(metadata, SchemaCatalog.Default.Types["meta.v1.ObjectMeta"]).Select(path => "metadata." + path));
        }

        return found;
    }

    /// <inheritdoc/>
    public override string? TypeProblem(JsonObject body) => null; // a wrong type is a validation error of its field

    /// <inheritdoc/>
    public override void PrepareForCreate(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_hasStatus)
        {
            body.Remove("status");
        }

        body["metadata"]!["generation"] = 1;
        ApplyDefaults(body);
    }

    /// <inheritdoc/>
    public override void PrepareForUpdate(JsonObject updated, JsonObject live, string subresource)
    {
        ArgumentNullException.ThrowIfNull(updated);
        ArgumentNullException.ThrowIfNull(live);
        if (subresource == "status")
        {
            KeepAllButStatus(updated, live);
            return;
        }

        if (_hasStatus)
        {
            Keep(updated, live, "status");
        }

        var names = updated.Select(pair => pair.Key).Union(live.Select(pair => pair.Key)).Where(name => name != "metadata");
        var isChanged = names.Any(name => !JsonNode.DeepEquals(updated[name], live[name]));
        updated["metadata"]!["generation"] = JsonNumbers.Of(live["metadata"]?["generation"]) + (isChanged ? 1 : 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> Validate(JsonObject body) =>
        [.. MetadataValidation.Check(body, _isNamespaced, ObjectNames.Subdomain, isCore: false), .. CrdValidation.Check(body, OpenApi)];

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> ValidateUpdate(JsonObject updated, JsonObject live) =>
        [.. MetadataValidation.CheckUpdate(updated, live), .. Validate(updated)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ResetFields(string subresource) => (subresource, _hasStatus) switch
    {
        ("status", _) => ["metadata", .. _root.Map!.Fields.Keys.Where(name => name is not ("status" or "metadata"))],
        (_, true) => ["status"],
        _ => [],
    };

    private static void Keep(JsonObject updated, JsonObject live, string name)
    {
        updated.Remove(name);
        if (live[name] is { } value)
        {
            updated[name] = value.DeepClone();
        }
    }

    private static void KeepAllButStatus(JsonObject updated, JsonObject live)
    {
        var managedFields = updated["metadata"]?["managedFields"]?.DeepClone();
        var resourceVersion = updated["metadata"]?["resourceVersion"]?.DeepClone();
        foreach (var name in updated.Select(pair => pair.Key).Union(live.Select(pair => pair.Key)).Where(name => name != "status").ToList())
        {
            Keep(updated, live, name);
        }

        foreach (var (name, value) in new[] { ("managedFields", managedFields), ("resourceVersion", resourceVersion) })
        {
            if (value is not null)
            {
                updated["metadata"]![name] = value;
            }
        }
    }
}
