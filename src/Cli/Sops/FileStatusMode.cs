using SecretsOps.Sops;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops filestatus FILE</c>: one line of JSON that says whether the file is encrypted.</summary>
internal static class FileStatusMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        var isEncrypted = IsEncrypted(session, path, SopsSession.Read(path, SopsExitCode.Generic));
        session.Environment.Print(isEncrypted ? "{\"encrypted\":true}\n" : "{\"encrypted\":false}\n");
        return Task.FromResult(0);
    }

    /// <summary>False for a file without metadata, and for one whose metadata lack version or MAC.</summary>
    /// <exception cref="SopsException">The file, or its metadata, cannot be read.</exception>
    private static bool IsEncrypted(SopsSession session, string path, byte[] content)
    {
        try
        {
            return session.Store(session.InputFormat(path)).LoadEncrypted(content).Metadata is { Version.Length: > 0, Mac.Length: > 0 };
        }
        catch (SopsException failure) when (failure.Message == MetadataBlock.NotFound().Message)
        {
            return false;
        }
        catch (SopsException failure)
        {
            throw new SopsException(SopsExitCode.Generic, $"cannot check file status: cannot load encrypted file: {failure.Message}", failure);
        }
    }
}
