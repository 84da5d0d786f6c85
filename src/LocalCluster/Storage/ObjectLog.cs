using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>The append-only file behind the store: opened by replaying it, rewritten as a snapshot when mostly stale.</summary>
/// <remarks>
/// One file per generation, <c>objects-NNNNNN.log</c>; a snapshot is the next generation, complete before it gets its name.
/// A frame is on disk before its writes are acknowledged, so only the last frame can be torn, and a torn one was never acknowledged.
/// </remarks>
internal sealed class ObjectLog : IDisposable
{
    private const int SnapshotBatch = 256;

    private readonly string _directory;
    private readonly LogFrame _frames;
    private SafeFileHandle _file;
    private long _generation;

    private ObjectLog(string directory, LogFrame frames, SafeFileHandle file, long generation, long length)
    {
        (_directory, _frames, _file, _generation, Length) = (directory, frames, file, generation, length);
    }

    /// <summary>Bytes in the current file.</summary>
    internal long Length { get; private set; }

    public void Dispose()
    {
        _file.Dispose();
        _frames.Dispose();
    }

    /// <summary>Opens the newest generation and replays it.</summary>
    /// <exception cref="StorageException">The log is damaged before its end, or another key wrote it.</exception>
    internal static (ObjectLog Log, StoreState State) Open(string directory, byte[] key)
    {
        var generation = Directory.GetFiles(directory, "objects-*.log").Select(GenerationOf).DefaultIfEmpty(1).Max();
        var path = PathOf(directory, generation);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var frames = new LogFrame(key);
        var (state, length) = Replay(path, bytes, frames, generation);

        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.None);
        RandomAccess.SetLength(file, length);
        DeleteOtherGenerations(directory, path);
        return (new ObjectLog(directory, frames, file, generation, length), state);
    }

    /// <summary>Writes a batch and waits until the disk has it.</summary>
    internal void Append(IEnumerable<StoreEvent> events)
    {
        Write(_file, LogBatch.Encode(events), _generation, Length);
        RandomAccess.FlushToDisk(_file);
        Length = RandomAccess.GetLength(_file);
    }

    /// <summary>Writes the state as the next generation and goes on from there.</summary>
    internal void Compact(StoreState state)
    {
        var next = _generation + 1;
        var path = PathOf(_directory, next);
        var file = File.OpenHandle(path + ".tmp", FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        var offset = 0L;
        foreach (var batch in state.Everything.OrderBy(stored => stored.Revision).Chunk(SnapshotBatch))
        {
            offset += Write(file, LogBatch.Encode(batch.Select(stored => new StoreEvent(null, stored, IsRemoval: false))), next, offset);
        }

        offset += Write(file, LogBatch.EncodeRevision(state.Revision), next, offset);
        RandomAccess.FlushToDisk(file);
        File.Move(path + ".tmp", path);

        _file.Dispose();
        (_file, _generation, Length) = (file, next, offset);
        DeleteOtherGenerations(_directory, path);
    }

    private int Write(SafeFileHandle file, byte[] batch, long generation, long offset)
    {
        var frame = _frames.Encrypt(batch, generation, offset);
        RandomAccess.Write(file, frame, offset);
        return frame.Length;
    }

    private static (StoreState State, long Length) Replay(string path, byte[] log, LogFrame frames, long generation)
    {
        var state = StoreState.Empty;
        var offset = 0;
        while (LogFrame.Measure(log.AsSpan(offset)) is { } length)
        {
            if (frames.TryDecrypt(log.AsSpan(offset, length), generation, offset) is not { } batch)
            {
                RefuseDamage(path, log, frames, generation, offset, length);
                break;
            }

            state = LogBatch.Replay(batch, state);
            offset += length;
        }

        return (state, offset);
    }

    /// <summary>A bad frame at the end is a torn write; a bad frame before a good one, or at the very start, is damage.</summary>
    private static void RefuseDamage(string path, byte[] log, LogFrame frames, long generation, int offset, int length)
    {
        var next = offset + length;
        var isFollowed = LogFrame.Measure(log.AsSpan(next)) is { } nextLength && frames.TryDecrypt(log.AsSpan(next, nextLength), generation, next) is not null;
        if (isFollowed || (offset == 0 && next < log.Length))
        {
            throw new StorageException(
                $"'{path}' cannot be read at byte {offset}: it is damaged, or encryption.key is not the key that wrote it. Restore the directory from a copy, or start with an empty one.");
        }
    }

    private static void DeleteOtherGenerations(string directory, string current)
    {
        foreach (var path in Directory.GetFiles(directory, "objects-*").Where(path => path != current))
        {
            File.Delete(path);
        }
    }

    private static string PathOf(string directory, long generation) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"objects-{generation:000000}.log"));

    private static long GenerationOf(string path) =>
        long.Parse(Path.GetFileNameWithoutExtension(path)["objects-".Length..], CultureInfo.InvariantCulture);
}
