using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops encrypt</c>: a plaintext file or standard input to a SOPS file.</summary>
internal static class EncryptMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var source = InputSource.Find(session, requiresName: true);
        var options = EncryptionSettings.For(session, source.Name);
        var format = session.InputFormat(source.Name);
        var plaintext = source.Read(session);
        var encrypted = await SopsEncryptor.EncryptAsync(
            plaintext, format, session.Keys, options with { OutputFormat = session.OutputFormat(source.Name) }, cancellationToken).ConfigureAwait(false);
        session.WriteOutput(encrypted, source.Path);
        return 0;
    }
}
