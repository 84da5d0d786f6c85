using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Patching;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Applies a patch of any type but apply to an object.</summary>
internal static class PatchApplication
{
    internal const string JsonPatchType = "application/json-patch+json";
    internal const string MergePatchType = "application/merge-patch+json";
    internal const string StrategicPatchType = "application/strategic-merge-patch+json";

    internal static JsonObject Apply(ResourceKind kind, string mediaType, JsonObject target, byte[] patch)
    {
        if (mediaType != StrategicPatchType)
        {
            return ApplyPlain(mediaType, target, patch);
        }

        return kind.Custom is null
            ? StrategicMergePatch.Apply(target, Changes(patch), kind.Schema.Root)
            : throw ApiErrors.UnsupportedMediaType($"{JsonPatchType}, {MergePatchType}, application/apply-patch+yaml");
    }

    /// <summary>A patch that needs no schema.</summary>
    internal static JsonObject ApplyPlain(string mediaType, JsonObject target, byte[] patch) => mediaType switch
    {
        JsonPatchType => (JsonObject)JsonPatch.Apply(target, Parse(patch)),
        MergePatchType or StrategicPatchType => (JsonObject)JsonMergePatch.Apply(target, Changes(patch))!,
        _ => throw ApiErrors.UnsupportedMediaType($"{JsonPatchType}, {MergePatchType}, {StrategicPatchType}, application/apply-patch+yaml"),
    };

    private static JsonObject Changes(byte[] patch) => Parse(patch) switch
    {
        JsonObject changes => changes,
        var other => throw ApiErrors.BadRequest(
            $"error decoding patch: json: cannot unmarshal {(other is JsonArray ? "array" : "value")} into Go value of type map[string]interface {{}}"),
    };

    private static JsonNode? Parse(byte[] patch)
    {
        try
        {
            return Schema.FieldValidation.Parse(patch);
        }
        catch (JsonException)
        {
            throw ApiErrors.BadRequest("error decoding patch: the body is not valid JSON");
        }
    }
}
