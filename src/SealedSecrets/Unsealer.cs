using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>Opens SealedSecrets with a ring of keys. Templates and metadata play no part: they are not authenticated.</summary>
public static class Unsealer
{
    private const string NoKey = "no key could decrypt secret";
    private const string DeprecatedOff = "using deprecated 'data' field, use 'encryptedData' or flip the feature flag";
    private const string BothForms = "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time";

    /// <summary>Opens every item; the caller disposes the result, which also tells what failed.</summary>
    public static UnsealResult Unseal(SealedSecret sealedSecret, KeyRing keys, UnsealOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sealedSecret);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(options);
        return sealedSecret.DeprecatedData is { } blob
            ? UnsealDeprecated(sealedSecret, blob, keys, options)
            : UnsealItems(sealedSecret, keys, options, cancellationToken);
    }

    private static UnsealResult UnsealItems(SealedSecret sealedSecret, KeyRing keys, UnsealOptions options, CancellationToken cancellationToken)
    {
        var label = sealedSecret.Label();
        var hints = sealedSecret.KeyHints;
        var entries = sealedSecret.EncryptedData.ToArray();
        var outcomes = new (UnsealedItem? Item, ItemFailure? Failure)[entries.Length];
        if (options.Parallelism <= 1 || entries.Length <= 1)
        {
            for (var i = 0; i < entries.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                outcomes[i] = UnsealItem(entries[i].Key, entries[i].Value, label, keys, hints);
            }
        }
        else
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
            Parallel.For(0, entries.Length, parallel, i => outcomes[i] = UnsealItem(entries[i].Key, entries[i].Value, label, keys, hints));
        }

        return new([.. outcomes.Select(outcome => outcome.Item).OfType<UnsealedItem>()], [.. outcomes.Select(outcome => outcome.Failure).OfType<ItemFailure>()]);
    }

    private static (UnsealedItem? Item, ItemFailure? Failure) UnsealItem(string name, string text, ReadOnlySpan<byte> label, KeyRing keys, IReadOnlyList<string> hints)
    {
        if (!SealedBase64.TryDecode(Encoding.UTF8.GetBytes(text), out var envelope, out var offset))
        {
            return (null, new ItemFailure(name, ItemFailureReason.NotBase64, SealedBase64.ErrorAt(offset), 0));
        }

        if (HybridCipher.BlockLengthOf(envelope) is not { } blockLength)
        {
            return (null, new ItemFailure(name, ItemFailureReason.TooShort, NoKey, 0));
        }

        var tried = 0;
        foreach (var key in keys.CandidatesFor(blockLength, hints))
        {
            tried++;
            if (HybridCipher.TryUnseal(key.PrivateKey, envelope, label, out var plaintext))
            {
                return (new UnsealedItem(name, plaintext, key.Fingerprint) { KeysTried = tried }, null);
            }
        }

        return (null, new ItemFailure(name, ItemFailureReason.NoKey, NoKey, tried));
    }

    private static UnsealResult UnsealDeprecated(SealedSecret sealedSecret, string blob, KeyRing keys, UnsealOptions options)
    {
        if (sealedSecret.EncryptedData.Count > 0)
        {
            return Failed(ItemFailureReason.Form, BothForms);
        }

        if (options.DeprecatedData == DeprecatedData.Refuse)
        {
            return Failed(ItemFailureReason.Form, DeprecatedOff);
        }

        var (item, failure) = UnsealItem("", blob, sealedSecret.Label(), keys, sealedSecret.KeyHints);
        if (item is null)
        {
            return new([], [failure!]);
        }

        using (item.Value)
        {
            return ReadDeprecated(item);
        }
    }

    private static UnsealResult ReadDeprecated(UnsealedItem blob)
    {
        try
        {
            var secret = KubernetesObject.Parse(blob.Value.Span);
            using var plain = PlainSecret.Read(secret);
            return new([.. plain.Data.Select(entry => new UnsealedItem(entry.Key, new SecretBytes(entry.Value), blob.KeyFingerprint))], [], secret);
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or SecretFormatException)
        {
            return Failed(ItemFailureReason.Form, "the decrypted 'data' is not a Secret in JSON");
        }
    }

    private static UnsealResult Failed(ItemFailureReason reason, string message) => new([], [new ItemFailure("", reason, message, 0)]);
}
