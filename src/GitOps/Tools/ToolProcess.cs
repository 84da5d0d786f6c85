using System.IO.Pipes;
using System.Runtime.InteropServices;
using SecretsOps.GitOps.Tools.Confining;

namespace SecretsOps.GitOps.Tools;

/// <summary>One running program with its three streams; ending it ends everything in its session's group.</summary>
internal sealed class ToolProcess : IDisposable
{
    /// <summary>Bytes in one file that a confined program may write.</summary>
    public const long LargestFile = 256 * 1024 * 1024;

    private const int FileSize = 1; // RLIMIT_FSIZE, of one file
    private const int Data = 2; // RLIMIT_DATA
    private const int Core = 4; // RLIMIT_CORE
    private const int Interrupted = 4; // EINTR

    private readonly int _id;
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _error = new(PipeDirection.In, HandleInheritability.None);
    private readonly Lock _lock = new();
    private Task<int>? _end;
    private bool _isReaped;

    /// <exception cref="ToolException">It could not be started.</exception>
    public ToolProcess(string path, ToolRequest request, IEnumerable<KeyValuePair<string, string>> environment)
    {
        try
        {
            using var start = new ProcessStart(_input.ClientSafePipeHandle, _output.ClientSafePipeHandle, _error.ClientSafePipeHandle, request.WorkingDirectory);
            _id = start.Run(path, request.Arguments, environment, request.Confinement);
        }
        catch
        {
            CloseStreams();
            throw;
        }

        foreach (var pipe in new[] { _input, _output, _error })
        {
            pipe.DisposeLocalCopyOfClientHandle();
        }

        Limit(request);
    }

    public Stream Input => _input;

    public Stream Output => _output;

    public Stream Error => _error;

    /// <summary>The exit code when it has ended; a signal's number plus 128 when that ended it.</summary>
    public Task<int> EndAsync()
    {
        lock (_lock)
        {
            return _end ??= Task.Run(Reap);
        }
    }

    /// <summary>Ends it and what it started.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_isReaped)
            {
                _ = Libc.Signal(-_id, Libc.Kill);
            }
        }

        _ = EndAsync();
    }

    public void Dispose()
    {
        Kill();
        CloseStreams();
    }

    // For each process on its own: they bound mistakes. What bounds malice is the Pod's limit.
    private void Limit(ToolRequest request)
    {
        if (request.MemoryLimit > 0)
        {
            Limit(Data, (ulong)request.MemoryLimit);
        }

        if (request.Confinement is not null)
        {
            Limit(FileSize, (ulong)LargestFile);
            Limit(Core, 0); // a core file would be plaintext on a disk
        }
    }

    private void Limit(int resource, ulong value) => _ = Libc.Limit(_id, resource, new Libc.ResourceLimit { Soft = value, Hard = value }, 0);

    private int Reap()
    {
        int status;
        int reaped;
        do
        {
            reaped = Libc.Wait(_id, out status, 0);
        }
        while (reaped < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        lock (_lock)
        {
            _isReaped = true;
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private void CloseStreams()
    {
        _input.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
