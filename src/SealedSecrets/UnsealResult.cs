using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>What unsealing one object gave: every value, or why not.</summary>
public sealed class UnsealResult : IDisposable
{
    internal UnsealResult(IReadOnlyList<UnsealedItem> items, IReadOnlyList<ItemFailure> failures, KubernetesObject? deprecatedSecret = null)
    {
        Items = items;
        Failures = failures;
        DeprecatedSecret = deprecatedSecret;
    }

    /// <summary>Whether every value was opened.</summary>
    public bool IsSuccess => Failures.Count == 0;

    /// <summary>The opened values, by name in ordinal order; some, when others failed.</summary>
    public IReadOnlyList<UnsealedItem> Items { get; }

    /// <summary>The values that could not be opened.</summary>
    public IReadOnlyList<ItemFailure> Failures { get; }

    /// <summary>Fingerprints of the keys that opened something: what <c>status.sealedWith</c> records.</summary>
    public IReadOnlyList<string> SealedWith => [.. Items.Select(item => item.KeyFingerprint).Distinct(StringComparer.Ordinal)];

    /// <summary>RSA private key operations that were made, successful or not.</summary>
    public int PrivateOperations => Items.Sum(item => item.KeysTried) + Failures.Sum(failure => failure.KeysTried);

    /// <summary>The error as upstream words it: equal messages once, with the items in parentheses.</summary>
    public string Message => string.Join("; ", Failures.GroupBy(failure => failure.Message, StringComparer.Ordinal).Select(Describe));

    /// <summary>The Secret inside a <c>spec.data</c> blob: plaintext.</summary>
    internal KubernetesObject? DeprecatedSecret { get; }

    /// <summary>Wipes the values.</summary>
    public void Dispose()
    {
        foreach (var item in Items)
        {
            item.Value.Dispose();
        }
    }

    /// <summary>Numbers only.</summary>
    public override string ToString() => $"[{Items.Count} items unsealed, {Failures.Count} failed]";

    private static string Describe(IGrouping<string, ItemFailure> failures)
    {
        var names = failures.Select(failure => failure.Name).Where(name => name.Length > 0).ToArray();
        return names.Length == 0 ? failures.Key : $"{failures.Key} ({string.Join(", ", names)})";
    }
}
