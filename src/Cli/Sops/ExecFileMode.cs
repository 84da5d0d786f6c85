using System.Runtime.InteropServices;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops exec-file FILE COMMAND</c>: runs a command with <c>{}</c> replaced by the path of the plaintext, a FIFO by default.</summary>
internal static class ExecFileMode
{
    private const uint OwnerOnly = 0x180;

    // Runs the command and then removes the folder, with nobody waiting.
    private const string RunAndRemove = "trap '' HUP; /bin/sh -c \"$1\"; rm -rf -- \"$0\"";

    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        if (arguments.Positional.Count != 2)
        {
            throw new SopsException(SopsExitCode.Generic, "error: missing file to decrypt");
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        var name = NameOf(arguments);
        using var opened = await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false);
        var plaintext = session.Store(session.OutputFormat(path)).EmitPlain(opened.Trees);
        var user = arguments.Text("user");
        var account = user.Length > 0 ? UnixAccount.Find(user) : null;
        var variables = new Dictionary<string, string>(session.Environment.Variables, StringComparer.Ordinal);
        foreach (var (variable, value) in account?.Variables ?? new Dictionary<string, string>())
        {
            variables[variable] = value;
        }

        if (arguments.Flag("background"))
        {
            session.Warn("exec-file's --background option is deprecated and will be removed in a future version of sops");
            using var handedOver = new PrivateFolder(isHandedOver: true);
            return StartInBackground(session, handedOver, Given(handedOver, handedOver.Write(name, plaintext), account), variables);
        }

        using var folder = new PrivateFolder();
        var isFifo = !arguments.Flag("no-fifo") && !OperatingSystem.IsWindows();
        var file = Given(folder, isFifo ? StartFifo(folder, name, plaintext) : folder.Write(name, plaintext), account);
        string[] command = ["/bin/sh", "-c", Command(arguments, file)];
        return session.Told(await ChildProcess.RunAsync(command, variables, user, session.Environment.CurrentDirectory, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A regular file, because nobody would feed a FIFO; it goes when the command ends.</summary>
    private static int StartInBackground(SopsSession session, PrivateFolder folder, string file, Dictionary<string, string> variables)
    {
        string[] command = ["/bin/sh", "-c", RunAndRemove, folder.Path, Command(session.Arguments, file)];
        try
        {
            ChildProcess.StartInBackground(command, variables, session.Arguments.Text("user"), session.Environment.CurrentDirectory);
            return 0;
        }
        catch (CliException)
        {
            folder.Remove();
            throw;
        }
    }

    private static string Command(SopsArguments arguments, string file) => arguments.Positional[1].Replace("{}", file, StringComparison.Ordinal);

    private static string NameOf(SopsArguments arguments)
    {
        var name = arguments.Text("filename") is { Length: > 0 } given ? given : "tmp-file";
        return name == Path.GetFileName(name) && name is not ("." or "..")
            ? name
            : throw new SopsException(SopsExitCode.Generic, $"The provided filename is not a local path: '{name}' must be a name without a directory.");
    }

    private static string Given(PrivateFolder folder, string file, UnixAccount? account)
    {
        account?.TakeOver(file);
        account?.TakeOver(folder.Path);
        return file;
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
