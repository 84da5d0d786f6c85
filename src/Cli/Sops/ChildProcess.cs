using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Sops;

/// <summary>Runs a user's command with this process's terminal, hands signals on, and gives back its exit code.</summary>
internal static class ChildProcess
{
    /// <summary>Starts the command and waits for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="variables">The whole environment of the child; null to inherit.</param>
    /// <param name="user">The user to run as, or empty.</param>
    /// <param name="directory">Where to start it.</param>
    /// <param name="cancellationToken">Ends the child.</param>
    /// <exception cref="CliException">The program cannot be started.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? variables, string user, string directory, CancellationToken cancellationToken)
    {
        using var process = Start(command, variables, user, directory);
        using var interrupt = Forward(process, PosixSignal.SIGINT);
        using var terminate = Forward(process, PosixSignal.SIGTERM);
        using var hangUp = Forward(process, PosixSignal.SIGHUP);
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    /// <summary>Starts the command and does not wait for it.</summary>
    /// <exception cref="CliException">The program cannot be started.</exception>
    public static void StartInBackground(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> variables, string user, string directory) =>
        Start(command, variables, user, directory).Dispose();

    /// <summary>Puts the command in the place of this process.</summary>
    /// <returns>Why that failed; there is nobody to return to otherwise.</returns>
    public static CliException Replace(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> variables, string directory)
    {
        const int BrokenPipe = 13;
        var folders = (variables.GetValueOrDefault("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var path = command[0].Contains('/', StringComparison.Ordinal)
            ? Path.GetFullPath(command[0], directory)
            : folders.Select(folder => Path.Combine(folder, command[0])).FirstOrDefault(File.Exists) ?? command[0];
        _ = NativeFiles.SetSignalHandler(BrokenPipe, 0);
        NativeFiles.Execute(path, command, variables.Select(variable => $"{variable.Key}={variable.Value}"));
        return new CliException($"'{command[0]}' cannot be started: {Marshal.GetLastPInvokeErrorMessage()}", "check the command's name and PATH");
    }

    private static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? variables, string user, string directory)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        if (directory != Directory.GetCurrentDirectory())
        {
            // Only where it has to be: another user may not be allowed to enter the directory that it inherits.
            start.WorkingDirectory = directory;
        }

        if (user.Length > 0)
        {
            start.UserName = user;
        }

        if (variables is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in variables)
            {
                start.Environment[name] = value;
            }
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new CliException($"'{command[0]}' cannot be started: {failure.Message}", "check the command's name and PATH", cause: failure);
        }
    }

    private static PosixSignalRegistration Forward(Process process, PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        // Ours goes on until the child has ended by its own decision.
        context.Cancel = true;
        _ = NativeFiles.Kill(process.Id, signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGHUP => 1, _ => 15 });
    });
}
