using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace SecretsOps.GitOps.Tools;

/// <summary>Runs one program found by absolute path. The only file of the engine that starts a process.</summary>
/// <remarks>Arguments go as a list, the environment starts empty, and time and output are limited.</remarks>
internal sealed class ExternalTool(string path, TimeProvider clock)
{
    private const int ErrorLimit = 64 * 1024;
    private const string Shell = "/bin/sh";

    private static readonly Dictionary<string, string> CleanEnvironment = new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
        ["HOME"] = "/dev/null", // no folder, and none that a tool could make
    };

    public string Path { get; } = path;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Looks a program up in the folders of a PATH text; never in the working directory.</summary>
    public static ExternalTool? TryFind(string name, string searchPath, TimeProvider clock)
    {
        foreach (var folder in searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Where(System.IO.Path.IsPathRooted))
        {
            var candidate = System.IO.Path.Combine(folder, name);
            if (File.Exists(candidate) && (File.GetUnixFileMode(candidate) & UnixFileMode.UserExecute) != 0)
            {
                return new ExternalTool(candidate, clock);
            }
        }

        return null;
    }

    /// <summary>Runs to the end and gives the result whatever the exit code.</summary>
    /// <exception cref="ToolException">It could not start, ran out of time or printed too much.</exception>
    public async Task<ToolResult> RunAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        using var process = Start(request);
        using var deadline = new CancellationTokenSource(request.TimeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var input = WriteAsync(process.StandardInput.BaseStream, request.StandardInput, either.Token);
            var output = ReadAsync(process.StandardOutput.BaseStream, request.OutputLimit, either.Token);
            var error = ReadHeadAsync(process.StandardError.BaseStream, either.Token);
            await Task.WhenAll(input, output, error);
            await process.WaitForExitAsync(either.Token);
            return new ToolResult(process.ExitCode, await output, Encoding.UTF8.GetString(await error));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"{Name} did not finish within {request.TimeLimit.TotalSeconds:0} s and was killed");
        }
        finally
        {
            Kill(process);
        }
    }

    /// <summary>Runs to the end and gives the output; a non-zero exit code is an error.</summary>
    /// <exception cref="ToolException">It failed.</exception>
    public async Task<ToolResult> RunCheckedAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var result = await RunAsync(request, cancellationToken);
        return result.ExitCode == 0 ? result : throw ToolException.Failed(Name, result);
    }

    /// <summary>Starts a program that answers requests on its standard input until disposed.</summary>
    public ToolSession Open(ToolRequest request)
    {
        var process = Start(request);
        _ = ReadHeadAsync(process.StandardError.BaseStream, CancellationToken.None);
        return new ToolSession(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, () =>
        {
            Kill(process);
            process.Dispose();
        });
    }

    private Process Start(ToolRequest request)
    {
        var isLimited = request.MemoryLimit > 0 && File.Exists(Shell);
        var start = new ProcessStartInfo(isLimited ? Shell : Path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = request.WorkingDirectory,
        };
        start.Environment.Clear();
        foreach (var (name, value) in CleanEnvironment.Concat(request.Environment))
        {
            start.Environment[name] = value;
        }

        // The shell only sets the limit and becomes the program; no word of the request is read by it.
        foreach (var argument in isLimited ? [.. LimitedRun(request.MemoryLimit), Path, .. request.Arguments] : request.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new ToolException($"{Path} could not be started");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ToolException($"{Path} could not be started: {exception.Message}", exception);
        }
    }

    private static string[] LimitedRun(long memoryLimit) =>
        ["-c", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ulimit -d {memoryLimit / 1024} && exec \"$0\" \"$@\"")];

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(input, cancellationToken);
            stream.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of its input; its exit code tells the rest.
        }
    }

    private async Task<byte[]> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (await stream.ReadAsync(buffer.GetMemory(16 * 1024), cancellationToken) is var count and > 0)
        {
            buffer.Advance(count);
            if (buffer.WrittenCount > limit)
            {
                throw new ToolException($"{Name} printed more than {limit / (1024 * 1024)} MiB and was killed");
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static async Task<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            kept.Write(buffer, 0, (int)Math.Min(count, ErrorLimit - kept.Length));
        }

        return kept.ToArray();
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended by itself between the question and the kill.
        }
    }
}
