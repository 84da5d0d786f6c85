using System.Diagnostics;

namespace SecretsOps.Testing.Programs;

/// <summary>Runs a program to its end with an argument list, never through a shell.</summary>
public static class ExternalProgram
{
    /// <summary>Runs it and returns what it printed; the exit code is the caller's to judge.</summary>
    /// <exception cref="TimeoutException">It ran longer than the options allow and was killed.</exception>
    public static async Task<ProgramResult> RunAsync(string path, IReadOnlyList<string> arguments, RunOptions? options = null)
    {
        options ??= new RunOptions();
        using var process = Process.Start(StartInfo(path, arguments, options)) ?? throw new InvalidOperationException($"'{path}' did not start.");
        using var deadline = new CancellationTokenSource(options.Timeout);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await FeedAsync(process, options.StandardInput ?? ReadOnlyMemory<byte>.Empty, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ProgramResult($"{path} {string.Join(' ', arguments)}", process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{path} {string.Join(' ', arguments)}' did not end within {options.Timeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Runs it from code that cannot wait asynchronously, such as a fixture's constructor.</summary>
    public static ProgramResult Run(string path, IReadOnlyList<string> arguments, RunOptions? options = null) =>
        Task.Run(() => RunAsync(path, arguments, options)).GetAwaiter().GetResult();

    private static ProcessStartInfo StartInfo(string path, IReadOnlyList<string> arguments, RunOptions options)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.Directory ?? "",
        };
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input: its exit code tells the story.
        }
    }
}
