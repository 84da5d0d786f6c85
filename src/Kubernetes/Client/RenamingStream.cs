namespace SecretsOps.Kubernetes.Client;

/// <summary>Passes bytes through and replaces some names, each by one of equal length, wherever they are written.</summary>
internal sealed class RenamingStream(Stream inner, IReadOnlyList<(byte[] From, byte[] To)> names) : Stream
{
    private byte[] _held = []; // the end of the last write, when a name may have begun there

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(Rename(buffer.AsSpan(offset, count)));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await inner.WriteAsync(Rename(buffer.Span), cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        inner.Write(Release());
        inner.Flush();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await inner.WriteAsync(Release(), cancellationToken);
        await inner.FlushAsync(cancellationToken);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private byte[] Rename(ReadOnlySpan<byte> written)
    {
        byte[] bytes = [.. _held, .. written];
        foreach (var (from, to) in names)
        {
            for (var at = bytes.AsSpan().IndexOf(from); at >= 0; at = bytes.AsSpan().IndexOf(from))
            {
                to.CopyTo(bytes.AsSpan(at));
            }
        }

        var held = LengthOfPossibleStart(bytes);
        _held = bytes[^held..];
        return bytes[..^held];
    }

    private int LengthOfPossibleStart(byte[] bytes)
    {
        var longest = Math.Min(bytes.Length, names.Max(name => name.From.Length) - 1);
        for (var length = longest; length > 0; length--)
        {
            var tail = bytes.AsMemory(bytes.Length - length);
            if (names.Any(name => name.From.Length > length && name.From.AsSpan(0, length).SequenceEqual(tail.Span)))
            {
                return length;
            }
        }

        return 0;
    }

    private byte[] Release()
    {
        var held = _held;
        _held = [];
        return held;
    }
}
