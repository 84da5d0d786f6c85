using System.Runtime.InteropServices;

namespace SecretsOps.Cli;

/// <summary>Standard output or standard error as bytes.</summary>
/// <remarks>The console's own stream starts a thread and installs signal handlers before its first byte, for cursor keys that nobody here reads.</remarks>
internal sealed class StandardStream(int descriptor) : Stream
{
    private const int Interrupted = 4; // errno.h of Linux
    private const int TryAgain = 11;
    private const int BrokenPipe = 32;
    private const short Writable = 4; // POLLOUT

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Standard output (1) or standard error (2) of this process.</summary>
    public static Stream Open(int descriptor) =>
        OperatingSystem.IsLinux() ? new StandardStream(descriptor)
        : descriptor == 1 ? Console.OpenStandardOutput()
        : Console.OpenStandardError();

    /// <summary>Writes all bytes; whoever reads may have gone away, which is no error (<c>… | head</c>).</summary>
    /// <exception cref="IOException">The bytes cannot be written, as when the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = WriteBytes(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case TryAgain:
                    var question = new PollQuestion { Descriptor = descriptor, Events = Writable };
                    _ = Poll(ref question, 1, -1);
                    break;
                case BrokenPipe:
                    return;
                case var error:
                    throw new IOException($"standard {(descriptor == 1 ? "output" : "error")} cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint WriteBytes(int descriptor, ref byte bytes, nuint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollQuestion questions, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollQuestion
    {
        public int Descriptor;
        public short Events;
        public short Answers;
    }
}
