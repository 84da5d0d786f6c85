using System.Security.Cryptography;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Shamir;
using SecretsOps.KeyManagement;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Sops.Keys;

/// <summary>Gets a file's data key out of its key groups, and wraps one into them.</summary>
internal static class DataKeys
{
    private const int DataKeySize = 32;

    /// <summary>The types of keys that are tried first, when nothing else is said.</summary>
    public static IReadOnlyList<string> DefaultOrder { get; } = ["age", "pgp"];

    /// <summary>A new data key.</summary>
    public static SecretBytes Create() => SecretBytes.Random(DataKeySize);

    /// <summary>Unwraps: all groups at once, in a group the keys in order until one works, a slow one beside the next; groups above the threshold are still used.</summary>
    /// <exception cref="SopsException">Too few groups gave their share (<see cref="SopsExitCode.CannotGetDataKey"/>).</exception>
    public static async Task<SecretBytes> UnwrapAsync(SopsMetadata metadata, IKeyService keys, IReadOnlyList<string> order, Action<string>? warn, CancellationToken cancellationToken)
    {
        try
        {
            return await UnwrapAsWrittenAsync(metadata, keys, order, cancellationToken).ConfigureAwait(false);
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotGetDataKey)
        {
            foreach (var variant in KmsContextBug.Variants(metadata))
            {
                if (await TryUnwrapAsync(variant, keys, order, cancellationToken).ConfigureAwait(false) is { } dataKey)
                {
                    warn?.Invoke(KmsContextBug.Notice);
                    return dataKey;
                }
            }

            throw;
        }
    }

    private static async Task<SecretBytes?> TryUnwrapAsync(SopsMetadata metadata, IKeyService keys, IReadOnlyList<string> order, CancellationToken cancellationToken)
    {
        try
        {
            return await UnwrapAsWrittenAsync(metadata, keys, order, cancellationToken).ConfigureAwait(false);
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotGetDataKey)
        {
            return null;
        }
    }

    private static async Task<SecretBytes> UnwrapAsWrittenAsync(SopsMetadata metadata, IKeyService keys, IReadOnlyList<string> order, CancellationToken cancellationToken)
    {
        var outcomes = await Task.WhenAll(metadata.KeyGroups.Select(group => UnwrapGroupAsync(group, keys, order, cancellationToken))).ConfigureAwait(false);
        var shares = outcomes.Where(outcome => outcome.Share is not null).Select(outcome => outcome.Share!).ToList();
        var threshold = ThresholdOf(metadata.ShamirThreshold, metadata.KeyGroups.Count);
        if (shares.Count == 0 || shares.Count < threshold)
        {
            shares.ForEach(share => share.Dispose());
            throw new SopsException(SopsExitCode.CannotGetDataKey, DataKeyFailure.Describe(outcomes, threshold));
        }

        return metadata.KeyGroups.Count == 1 ? shares[0] : Combine(shares);
    }

    /// <summary>Wraps the data key (or its shares) with every key of every group.</summary>
    /// <exception cref="SopsException">A group is empty, the threshold does not fit, or a key failed.</exception>
    public static async Task<IReadOnlyList<KeyGroup>> WrapAsync(
        SecretBytes dataKey, IReadOnlyList<IReadOnlyList<MasterKey>> groups, int threshold, IKeyService keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (groups.Count == 0)
        {
            throw CannotGenerate("no key groups provided");
        }

        if (groups.Any(group => group.Count == 0))
        {
            throw CannotGenerate("empty key group provided");
        }

        var shares = groups.Count == 1 ? [dataKey.Span.ToArray()] : Split(dataKey, groups.Count, ThresholdOf(threshold, groups.Count));
        try
        {
            var createdAt = Rfc3339.Format(clock.GetUtcNow());
            var wrapped = groups.Select((group, index) => WrapGroupAsync(group, shares[index], keys, createdAt, cancellationToken));
            return await Task.WhenAll(wrapped).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(shares, share => CryptographicOperations.ZeroMemory(share));
        }
    }

    /// <summary>The effective threshold: all groups when the file does not say.</summary>
    public static int ThresholdOf(int threshold, int groupCount) => groupCount <= 1 ? 1 : threshold == 0 ? groupCount : threshold;

    private static Task<GroupOutcome> UnwrapGroupAsync(KeyGroup group, IKeyService keys, IReadOnlyList<string> order, CancellationToken cancellationToken) =>
        new GroupUnwrap(keys, TimeProvider.System).RunAsync([.. group.Keys.OrderBy(key => Rank(key.Key.TypeName, order))], cancellationToken);

    private static int Rank(string typeName, IReadOnlyList<string> order)
    {
        for (var index = 0; index < order.Count; index++)
        {
            if (string.Equals(order[index], typeName, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return order.Count;
    }

    private static SecretBytes Combine(List<SecretBytes> shares)
    {
        var parts = shares.ConvertAll(share => share.Span.ToArray());
        try
        {
            return ShamirSecret.Combine(parts);
        }
        catch (ArgumentException failure)
        {
            throw new SopsException(SopsExitCode.CannotGetDataKey, $"could not get data key from parts: {failure.Message}", failure);
        }
        finally
        {
            parts.ForEach(part => CryptographicOperations.ZeroMemory(part));
            shares.ForEach(share => share.Dispose());
        }
    }

    private static byte[][] Split(SecretBytes dataKey, int count, int threshold)
    {
        try
        {
            return ShamirSecret.Split(dataKey.Span, count, threshold);
        }
        catch (ArgumentException failure)
        {
            throw CannotGenerate($"could not split data key into parts for Shamir: {failure.Message}");
        }
    }

    private static async Task<KeyGroup> WrapGroupAsync(IReadOnlyList<MasterKey> group, byte[] share, IKeyService keys, string createdAt, CancellationToken cancellationToken)
    {
        var wrapped = new WrappedKey[group.Count];
        for (var index = 0; index < group.Count; index++)
        {
            try
            {
                var key = await keys.PinAsync(group[index], cancellationToken).ConfigureAwait(false);
                var text = await keys.WrapAsync(key, share, cancellationToken).ConfigureAwait(false);
                wrapped[index] = new WrappedKey(key, text) { CreatedAt = createdAt };
            }
            catch (MasterKeyException failure)
            {
                throw CannotGenerate($"failed to encrypt new data key with master key \"{group[index]}\": {failure.Reason}{(failure.Remedy is null ? "" : $" ({failure.Remedy})")}");
            }
        }

        return new KeyGroup(wrapped);
    }

    private static SopsException CannotGenerate(string reason) => new(SopsExitCode.Generic, $"Could not generate data key: [{reason}]");
}
