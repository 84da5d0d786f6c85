using System.ComponentModel;
using System.Diagnostics;
using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement.Processes;

/// <summary>Runs one helper program (gpg, a key command, a cloud's command line): no shell, bounded time and output.</summary>
internal sealed class KeyProgram(string path, KeyEnvironment environment)
{
    private const int MaximumOutput = 16 << 20;

    // What decides where programs look for keys: as the caller's environment says, not as the process has it.
    private static readonly string[] InheritedNames = ["HOME", "PATH", "GNUPGHOME", "GPG_TTY"];

    /// <summary>How long the program may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Variables given to the program beside our own environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Runs to the end; its standard output is taken as secret.</summary>
    /// <exception cref="IOException">It cannot be started, takes too long or writes too much.</exception>
    public async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Timeout, environment.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Start(arguments);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, both.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, both.Token);
            await WriteInputAsync(process, input, both.Token).ConfigureAwait(false);
            using var errorText = await errors.ConfigureAwait(false);
            var outputBytes = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(both.Token).ConfigureAwait(false);
            return new(process.ExitCode, outputBytes, System.Text.Encoding.UTF8.GetString(errorText.Span).Trim());
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new IOException($"'{path}' did not finish within {Timeout.TotalSeconds:0} seconds");
        }
        finally
        {
            Stop(process);
        }
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in InheritedNames)
        {
            start.Environment[name] = environment.Variable(name);
        }

        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new IOException($"'{path}' did not start");
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"'{path}' did not start: {failure.Message}", failure);
        }
    }

    private static async Task WriteInputAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input; its exit code tells why.
        }
    }

    private static async Task<SecretBytes> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        for (var count = 1; count > 0;)
        {
            count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            all.Write(buffer, 0, count);
            if (all.Length > MaximumOutput)
            {
                throw new IOException($"the program wrote more than {MaximumOutput} bytes");
            }
        }

        var secret = new SecretBytes(all.GetBuffer().AsSpan(0, (int)all.Length));
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(all.GetBuffer());
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(buffer);
        return secret;
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>What a program left behind.</summary>
internal sealed record ProgramResult(int ExitCode, SecretBytes Output, string Errors) : IDisposable
{
    public void Dispose() => Output.Dispose();
}
