using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops filestatus FILE</c>: one line of JSON that says whether the file is encrypted.</summary>
internal static class FileStatusMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        FileEditor.RequireExisting(path);
        var isEncrypted = SopsFile.IsEncrypted(SopsSession.Read(path), session.InputFormat(path));
        session.Environment.Print(isEncrypted ? "{\"encrypted\":true}\n" : "{\"encrypted\":false}\n");
        return Task.FromResult(0);
    }
}
