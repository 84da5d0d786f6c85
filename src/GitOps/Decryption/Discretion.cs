using SecretsOps.Cryptography;
using SecretsOps.GitOps.Diffing;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Takes secret values out of other programs' words: a renderer quotes the file it stumbles over, a server or an admission webhook the field it refuses.</summary>
/// <remarks>Only a complaint has the files opened once more; a success costs nothing, and no value is kept between two complaints.</remarks>
internal sealed class Discretion(IEnumerable<SealedFile> files, IEnumerable<KubernetesObject> manifests, IFileDecryptor decryptor)
{
    /// <summary>The text with every value that was encrypted in Git, and every value of a Secret, replaced by plus signs.</summary>
    public async Task<string> HideAsync(string text, CancellationToken cancellationToken)
    {
        using var ledger = await ReadAsync(cancellationToken);
        return ledger.Hide(text);
    }

    /// <summary>A comparison whose complaints hold no value.</summary>
    public async Task<DiffResult> HideAsync(DiffResult diff, CancellationToken cancellationToken)
    {
        if (diff.Entries.All(entry => entry.Problem.Length == 0))
        {
            return diff;
        }

        using var ledger = await ReadAsync(cancellationToken);
        return new DiffResult([.. diff.Entries.Select(entry => entry.Problem.Length == 0 ? entry : entry with { Problem = ledger.Hide(entry.Problem) })]);
    }

    private async Task<PlaintextLedger> ReadAsync(CancellationToken cancellationToken)
    {
        var ledger = new PlaintextLedger(decryptor);
        foreach (var file in files)
        {
            using SecretBytes? again = await ledger.TryDecryptAsync(file.Path, file.Content, cancellationToken);
        }

        foreach (var secret in manifests.Where(value => value.Key is { Group: "", Kind: "Secret" }))
        {
            ledger.AddSecret(secret);
        }

        foreach (var named in manifests)
        {
            ledger.Spare(named.Name);
            ledger.Spare(named.Namespace);
            ledger.Spare(named.Kind);
        }

        return ledger;
    }
}
