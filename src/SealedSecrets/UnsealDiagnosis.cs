using System.Text;
using SecretsOps.Cryptography.Hybrid;

namespace SecretsOps.SealedSecrets;

/// <summary>Says why an object does not open, in words its owner can act on. It costs private operations: ask once per change, not per retry.</summary>
public static class UnsealDiagnosis
{
    // Each guess is a full private operation; the newest keys are the likely ones.
    private const int MaximumKeysPerGuess = 3;

    /// <summary>One sentence per cause: <c>no key in the ring can unseal 'password' (strict scope 'shop/db', 3 keys tried); …</c></summary>
    public static string Explain(SealedSecret sealedSecret, KeyRing keys, UnsealResult result)
    {
        ArgumentNullException.ThrowIfNull(sealedSecret);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(result);
        var sentences = result.Failures.GroupBy(failure => failure.Reason).Select(group => Describe(sealedSecret, keys, group.Key, [.. group]));
        return string.Join("; ", sentences);
    }

    private static string Describe(SealedSecret sealedSecret, KeyRing keys, ItemFailureReason reason, ItemFailure[] failures)
    {
        var names = string.Join(", ", failures.Select(failure => $"'{failure.Name}'"));
        return reason switch
        {
            ItemFailureReason.NotBase64 => $"{names} is not base64 ({failures[0].Message}): expected the text that kubeseal prints",
            ItemFailureReason.TooShort => $"{names} is cut off: too short to be a sealed value",
            ItemFailureReason.NoKey => DescribeNoKey(sealedSecret, keys, failures, names),
            _ => failures[0].Message,
        };
    }

    private static string DescribeNoKey(SealedSecret sealedSecret, KeyRing keys, ItemFailure[] failures, string names)
    {
        var scope = $"{SealingScopes.NameOf(sealedSecret.Scope)} scope '{Encoding.UTF8.GetString(sealedSecret.Label())}'";
        var tried = failures.Max(failure => failure.KeysTried);
        if (tried == 0)
        {
            return $"no key in the ring can unseal {names} ({scope}, {keys.NewestFirst.Count} keys, none of the length it was sealed for): it was sealed for another cluster or its start is damaged";
        }

        var found = $"no key in the ring can unseal {names} ({scope}, {tried} keys tried)";
        return GuessScope(sealedSecret, keys, failures[0].Name) is { } other
            ? $"{found}; it opens with {SealingScopes.NameOf(other)} scope: the annotation of that scope is missing or another one was added"
            : $"{found}: it was sealed for another cluster, name or namespace, or is damaged";
    }

    private static SealingScope? GuessScope(SealedSecret sealedSecret, KeyRing keys, string name)
    {
        if (!SealedBase64.TryDecode(Encoding.UTF8.GetBytes(sealedSecret.EncryptedData.GetValueOrDefault(name, "")), out var envelope, out _)
            || HybridCipher.BlockLengthOf(envelope) is not { } blockLength)
        {
            return null;
        }

        foreach (var scope in Enum.GetValues<SealingScope>().Where(scope => scope != sealedSecret.Scope))
        {
            var label = EncryptionLabel.For(scope, sealedSecret.Namespace, sealedSecret.Name);
            foreach (var key in keys.CandidatesFor(blockLength, sealedSecret.KeyHints).Take(MaximumKeysPerGuess))
            {
                if (HybridCipher.TryUnseal(key.PrivateKey, envelope, label, out var plaintext))
                {
                    plaintext.Dispose();
                    return scope;
                }
            }
        }

        return null;
    }
}
