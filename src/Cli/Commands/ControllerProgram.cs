using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Commands;

/// <summary>Becomes <c>secretsops-controller</c>, which lies beside this program: same process, so signals and the exit code are its own.</summary>
internal static class ControllerProgram
{
    private const string Name = "secretsops-controller";

    /// <summary>Starts it with these arguments; returns only where a process cannot become another (Windows) or when that fails.</summary>
    /// <exception cref="CliException">The program is not there or cannot be started.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var path = FindBeside(Environment.ProcessPath ?? "");
        if (OperatingSystem.IsWindows())
        {
            return await StartAsync(path, arguments, cancellationToken);
        }

        var error = Become(path, arguments);
        throw new CliException($"'{path}' cannot be started: {new Win32Exception(error).Message}");
    }

    /// <summary>The program in the directory of this one.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static string FindBeside(string ownPath)
    {
        var name = OperatingSystem.IsWindows() ? $"{Name}.exe" : Name;
        var path = Path.Combine(Path.GetDirectoryName(ownPath) ?? "", name);
        return File.Exists(path) ? path : throw new CliException($"'{path}' is missing", $"install {Name} beside secretsops; ./build makes both");
    }

    // execv keeps process id, terminal and parent: nothing has to be forwarded.
    private static int Become(string path, IReadOnlyList<string> arguments)
    {
        var argv = new nint[arguments.Count + 2];
        argv[0] = Marshal.StringToCoTaskMemUTF8(path);
        for (var i = 0; i < arguments.Count; i++)
        {
            argv[i + 1] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        }

        _ = Execute(argv[0], argv);
        return Marshal.GetLastPInvokeError();
    }

    private static async Task<int> StartAsync(string path, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments)) ?? throw new CliException($"'{path}' cannot be started");
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

#pragma warning disable SYSLIB1054 // blittable already; LibraryImport would ask for unsafe code in this project
    [DllImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static extern int Execute(nint path, nint[] argv);
#pragma warning restore SYSLIB1054
}
