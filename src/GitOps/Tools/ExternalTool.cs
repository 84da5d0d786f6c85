using System.Buffers;
using System.Globalization;
using System.Text;

namespace SecretsOps.GitOps.Tools;

/// <summary>Runs one program found by absolute path. The only file of the engine that starts a process.</summary>
/// <remarks>Arguments go as a list, the environment starts empty, and time and output are limited; <see cref="ToolRequest.Confinement"/> bounds what it can reach.</remarks>
internal sealed class ExternalTool(string path, TimeProvider clock)
{
    private const int ErrorLimit = 64 * 1024;
    private const string Shell = "/bin/sh";
    private const int Killed = 128 + Confining.Libc.Kill; // of the program itself, or of what a script ran last

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
            var input = WriteAsync(process.Input, request.StandardInput, either.Token);
            var output = ReadAsync(process, request.OutputLimit, either.Token);
            var error = ReadHeadAsync(process.Error, either.Token);
            await Task.WhenAll(input, output, error).WaitAsync(either.Token);
            var code = await process.EndAsync().WaitAsync(either.Token);
            return code == Killed
                ? throw new ToolException($"{Name} was killed (SIGKILL) before it had finished, as happens where memory is short; it will be run again")
                : new ToolResult(code, await output, Encoding.UTF8.GetString(await error));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"{Name} did not finish within {request.TimeLimit.TotalSeconds:0} s and was killed");
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
        _ = ReadHeadAsync(process.Error, CancellationToken.None);
        return new ToolSession(process.Input, process.Output, process.Dispose);
    }

    private ToolProcess Start(ToolRequest request)
    {
        var environment = new Dictionary<string, string>(CleanEnvironment);
        foreach (var (name, value) in request.Environment)
        {
            environment[name] = value;
        }

        // A link in PATH may lead to a folder that PATH does not name.
        var folder = System.IO.Path.GetDirectoryName(File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path)!;
        var confined = request.Confinement is { } confinement ? confinement with { Readable = [.. confinement.Readable, folder] } : null;
        var (program, arguments) = Limited(request);
        return new ToolProcess(program, request with { Arguments = arguments, Confinement = confined }, environment);
    }

    // A shell sets the limits before the program begins, and becomes it; no word of the request is read by it. Where there is none they hold from just after the start.
    private (string Program, IReadOnlyList<string> Arguments) Limited(ToolRequest request) => request.MemoryLimit > 0 && File.Exists(Shell)
        ? (Shell, ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -c 0; ulimit -f {ToolProcess.LargestFile / 512}; ulimit -d {request.MemoryLimit / 1024} && exec \"$0\" \"$@\""), Path, .. request.Arguments])
        : (Path, request.Arguments);

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

    private async Task<byte[]> ReadAsync(ToolProcess process, int limit, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (await process.Output.ReadAsync(buffer.GetMemory(16 * 1024), cancellationToken) is var count and > 0)
        {
            buffer.Advance(count);
            if (buffer.WrittenCount > limit)
            {
                process.Kill(); // it waits for somebody to read on
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
}
