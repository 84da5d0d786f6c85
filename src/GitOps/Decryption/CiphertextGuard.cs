using System.Text.Json.Nodes;
using SecretsOps.GitOps.Rendering;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Refuses an object that still carries SOPS ciphertext: applied, it would look like a Secret and be none.</summary>
internal static class CiphertextGuard
{
    private const string ValueMark = "ENC[AES256_GCM,";

    /// <exception cref="DecryptionException">A <c>sops</c> block or an encrypted value is left.</exception>
    public static void Check(Manifest manifest)
    {
        // A SopsSecret is opened in the cluster by its own controller; its ciphertext is the point. So it is where the author says so in Flux's way.
        if (manifest.Object.Kind == "SopsSecret" || IsDisabled(manifest.Object.Json))
        {
            return;
        }

        if (manifest.Object.Json["sops"] is JsonObject sops && sops.ContainsKey("mac"))
        {
            throw Refused(manifest, "still carries a 'sops' block after rendering");
        }

        if (FindValue(manifest.Object.Json, "") is { } path)
        {
            throw Refused(manifest, $"still carries SOPS ciphertext at {path} after rendering");
        }
    }

    private static bool IsDisabled(JsonObject json) =>
        json["metadata"] is JsonObject metadata && metadata["annotations"] is JsonObject annotations
        && annotations["kustomize.toolkit.fluxcd.io/decrypt"] is JsonValue value && value.TryGetValue(out string? text) && string.Equals(text, "disabled", StringComparison.OrdinalIgnoreCase);

    private static DecryptionException Refused(Manifest manifest, string reason) =>
        new(manifest.Origin, $"{manifest.Object.Key} {reason}", "encrypt whole files with sops, or leave the value out of the manifest");

    private static string? FindValue(JsonNode? node, string path) => node switch
    {
        JsonObject json => json.Select(entry => FindValue(entry.Value, $"{path}/{entry.Key}")).FirstOrDefault(found => found is not null),
        JsonArray array => array.Select((item, index) => FindValue(item, $"{path}/{index}")).FirstOrDefault(found => found is not null),
        JsonValue value when value.TryGetValue(out string? text) && text.Contains(ValueMark, StringComparison.Ordinal) => path,
        _ => null,
    };
}
