using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Sops.Keys;

/// <summary>Old releases of sops (before 3.3.0) could wrap with every value of an AWS encryption context set to the same one of its values.</summary>
internal static class KmsContextBug
{
    public const string Notice = "this file was written by a release of sops before 3.3.0 that mixed up the encryption context of AWS KMS keys; 'rotate' it to repair it";

    private static readonly Version Fixed = new(3, 3, 0);

    /// <summary>The metadata as such a release may have wrapped for it: one variant per value of a context; none when the file cannot be one of those.</summary>
    public static IEnumerable<SopsMetadata> Variants(SopsMetadata metadata)
    {
        if (Version.TryParse(metadata.Version, out var version) && version >= Fixed)
        {
            return [];
        }

        var values = metadata.AllKeys.Select(wrapped => wrapped.Key).OfType<AwsKmsMasterKey>().SelectMany(key => key.Context.Values).Distinct(StringComparer.Ordinal).ToList();
        return values.Count < 2 ? [] : values.Select(value => With(metadata, value));
    }

    private static SopsMetadata With(SopsMetadata metadata, string value) => metadata with
    {
        KeyGroups = [.. metadata.KeyGroups.Select(group => new KeyGroup([.. group.Keys.Select(wrapped => With(wrapped, value))]))],
    };

    private static WrappedKey With(WrappedKey wrapped, string value) => wrapped.Key is AwsKmsMasterKey key
        ? wrapped with { Key = key with { Context = key.Context.ToDictionary(pair => pair.Key, _ => value, StringComparer.Ordinal) } }
        : wrapped;
}
