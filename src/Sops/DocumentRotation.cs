using SecretsOps.KeyManagement;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>Changes the keys of a document: a new data key for all its values, or the same one wrapped for others.</summary>
internal static class DocumentRotation
{
    /// <summary>Encrypts everything anew under a new data key.</summary>
    public static async Task<SopsDocument> RotateAsync(
        OpenedDocument opened, IReadOnlyList<IReadOnlyList<MasterKey>> groups, IKeyService keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var dataKey = DataKeys.Create();
        var wrapped = await DataKeys.WrapAsync(dataKey, groups, opened.Metadata.ShamirThreshold, keys, clock, cancellationToken).ConfigureAwait(false);
        using var cipher = new ValueCipher(dataKey);
        return DocumentSealer.Seal(opened.Trees, opened.Metadata with { KeyGroups = wrapped }, cipher, clock);
    }

    /// <summary>Wraps the same data key for other groups; values, MAC, time and version stay as they are.</summary>
    public static async Task<SopsMetadata> RewrapAsync(
        SopsMetadata metadata, IReadOnlyList<IReadOnlyList<MasterKey>> groups, int threshold, IKeyService keys, IReadOnlyList<string> order, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var dataKey = await DataKeys.UnwrapAsync(metadata, keys, order, warn: null, cancellationToken).ConfigureAwait(false);
        var wrapped = await DataKeys.WrapAsync(dataKey, groups, threshold, keys, clock, cancellationToken).ConfigureAwait(false);
        return metadata with { KeyGroups = wrapped, ShamirThreshold = groups.Count > 1 ? DataKeys.ThresholdOf(threshold, groups.Count) : 0 };
    }
}
