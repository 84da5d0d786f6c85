using System.Runtime.InteropServices;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops exec-file FILE COMMAND</c>: runs a command with <c>{}</c> replaced by the path of the plaintext, a FIFO by default.</summary>
internal static class ExecFileMode
{
    private const uint OwnerOnly = 0x180;

    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        if (arguments.Positional.Count != 2)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: missing file to decrypt or command to run");
        }

        if (arguments.Flag("background"))
        {
            throw new SopsException(SopsExitCode.ConflictingParameters, "Error: --background would leave the plaintext behind, because nobody could remove it; start the command without it, in the background");
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        using var opened = await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false);
        var plaintext = session.Store(session.OutputFormat(path)).EmitPlain(opened.Trees);
        var name = arguments.Text("filename") is { Length: > 0 } given ? given : "tmp-file";
        if (name != Path.GetFileName(name) || name is "." or "..")
        {
            throw new SopsException(SopsExitCode.Generic, $"--filename must be a plain file name, not '{name}'");
        }

        using var folder = new PrivateFolder();
        var isFifo = !arguments.Flag("no-fifo") && !OperatingSystem.IsWindows();
        var file = isFifo ? StartFifo(folder, name, plaintext) : folder.Write(name, plaintext);
        string[] command = ["/bin/sh", "-c", arguments.Positional[1].Replace("{}", file, StringComparison.Ordinal)];
        return await ChildProcess.RunAsync(command, null, arguments.Text("user"), session.Environment.CurrentDirectory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a FIFO and feeds it to the first reader; a thread that nobody reads from ends with the process.</summary>
    private static string StartFifo(PrivateFolder folder, string name, byte[] plaintext)
    {
        var path = Path.Combine(folder.Path, name);
        if (NativeFiles.MakeFifo(path, OwnerOnly) != 0)
        {
            throw new SopsException(SopsExitCode.Generic, $"a FIFO could not be made (error {Marshal.GetLastPInvokeError()}); use --no-fifo");
        }

        var writer = new Thread(() => Feed(path, plaintext)) { IsBackground = true };
        writer.Start();
        return path;
    }

    private static void Feed(string path, byte[] plaintext)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(plaintext);
        }
        catch (IOException)
        {
            // The reader closed early or the folder is gone: the command decided to read no more.
        }
    }
}
