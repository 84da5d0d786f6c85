using System.Text;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>The inside of a frame: the batch's writes one after another.</summary>
/// <remarks>
/// Each entry: operation (1 byte: 1 put, 2 remove, 3 revision only), revision (8), resource, namespace, name (length-prefixed UTF-8),
/// and for a put the JSON's length (4) and bytes. Little-endian throughout.
/// </remarks>
internal static class LogBatch
{
    private enum Operation : byte
    {
        Put = 1,
        Remove = 2,
        Revision = 3,
    }

    internal static byte[] Encode(IEnumerable<StoreEvent> events)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        foreach (var change in events)
        {
            Write(writer, change.IsRemoval ? Operation.Remove : Operation.Put, change.After);
        }

        return buffer.ToArray();
    }

    /// <summary>A snapshot's last entry: the revision the store had reached, which no object in it may carry.</summary>
    internal static byte[] EncodeRevision(long revision)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        Write(writer, Operation.Revision, new StoredObject(new("", "", ""), revision, []));
        return buffer.ToArray();
    }

    /// <summary>Replays a batch on a state.</summary>
    internal static StoreState Replay(byte[] batch, StoreState state)
    {
        using var reader = new BinaryReader(new MemoryStream(batch), Encoding.UTF8);
        while (reader.BaseStream.Position < batch.Length)
        {
            var operation = (Operation)reader.ReadByte();
            var revision = reader.ReadInt64();
            var key = new StorageKey(string.Intern(reader.ReadString()), reader.ReadString(), reader.ReadString());
            if (operation == Operation.Revision)
            {
                state = state with { Revision = revision };
                continue;
            }

            var after = new StoredObject(key, revision, reader.ReadBytes(reader.ReadInt32()));
            state = state.With(new StoreEvent(null, after, operation == Operation.Remove));
        }

        return state;
    }

    private static void Write(BinaryWriter writer, Operation operation, StoredObject stored)
    {
        writer.Write((byte)operation);
        writer.Write(stored.Revision);
        writer.Write(stored.Key.Resource);
        writer.Write(stored.Key.Namespace);
        writer.Write(stored.Key.Name);
        if (operation != Operation.Revision)
        {
            writer.Write(stored.Json.Length);
            writer.Write(stored.Json.Span);
        }
    }
}
