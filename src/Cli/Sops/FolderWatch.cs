using System.ComponentModel;
using System.Diagnostics;

namespace SecretsOps.Cli.Sops;

/// <summary>Sees to it that a folder goes even when this process is killed: a shell waits for the end of a pipe that only we hold open.</summary>
/// <remarks>It ignores the terminal's signals and, where <c>setsid</c> is there, has a session of its own, so that a kill of our whole group does not reach it.</remarks>
internal sealed class FolderWatch : IDisposable
{
    private const string Script = "trap '' INT TERM HUP QUIT; echo ready; read -r end; rm -rf -- \"$0\"";
    private const string SystemPath = "/usr/local/bin:/usr/bin:/bin";

    private readonly Process? _shell;

    /// <summary>Starts the watch; it is ready when this returns. Where there is no shell, nothing watches.</summary>
    public FolderWatch(string folder)
    {
        string[] command = ["/bin/sh", "-c", Script, folder];
        if (SystemPath.Split(':').Select(directory => Path.Combine(directory, "setsid")).FirstOrDefault(File.Exists) is { } setsid)
        {
            command = [setsid, .. command];
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        start.Environment.Clear(); // it needs none of our variables, and they may hold keys
        start.Environment["PATH"] = SystemPath;
        try
        {
            _shell = Process.Start(start);
            _shell?.StandardOutput.ReadLine();
        }
        catch (Win32Exception)
        {
            // No shell: signals and exceptions still remove the folder, only a kill does not.
        }
    }

    /// <summary>Ends the watch; what is left of the folder goes.</summary>
    public void Dispose()
    {
        _shell?.StandardInput.Close();
        _shell?.Dispose();
    }
}
