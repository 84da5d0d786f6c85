namespace SecretsOps.GitOps.Decryption;

/// <summary>An encrypted file cannot be opened: nothing of its Application is applied, and nothing pruned, until it can.</summary>
internal sealed class DecryptionException(string file, string reason, string remedy, Exception? innerException = null)
    : Exception($"'{file}' cannot be decrypted: {reason}; {remedy}", innerException)
{
    public string File { get; } = file;
}
