using System.Buffers;
using System.Text;
using System.Text.Json;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Copies an object's JSON bytes, naming its kind (list items omit it) and leaving out managedFields.</summary>
internal sealed class ObjectTrim
{
    internal static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = KubernetesObject.MaxDepth };

    private readonly byte[] _prefix;
    private readonly bool _keepManagedFields;
    private readonly bool _metadataOnly;

    internal ObjectTrim(GroupVersionKind gvk, bool keepManagedFields, bool metadataOnly)
    {
        _prefix = Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{gvk.ApiVersion}\",\"kind\":\"{gvk.Kind}\"");
        _keepManagedFields = keepManagedFields;
        _metadataOnly = metadataOnly;
    }

    internal byte[] Copy(ReadOnlySpan<byte> source)
    {
        var rented = ArrayPool<byte>.Shared.Rent(source.Length + _prefix.Length + 1);
        try
        {
            var length = Write(source, rented);
            return rented.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true); // it may have been a Secret
        }
    }

    private int Write(ReadOnlySpan<byte> source, Span<byte> target)
    {
        _prefix.CopyTo(target);
        var length = _prefix.Length;
        var reader = new Utf8JsonReader(source, ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isMetadata = reader.ValueTextEquals("metadata");
            var isDropped = _metadataOnly ? !isMetadata : reader.ValueTextEquals("apiVersion") || reader.ValueTextEquals("kind");
            if (isMetadata && !_keepManagedFields)
            {
                target[length++] = (byte)',';
                length += WriteMetadata(source, ref reader, target[length..]);
                continue;
            }

            reader.Read();
            reader.Skip();
            if (!isDropped)
            {
                target[length++] = (byte)',';
                length += Append(source[start..(int)reader.BytesConsumed], target[length..]);
            }
        }

        target[length++] = (byte)'}';
        return length;
    }

    private static int WriteMetadata(ReadOnlySpan<byte> source, ref Utf8JsonReader reader, Span<byte> target)
    {
        var length = Append("\"metadata\":{"u8, target);
        var isFirst = true;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isManagedFields = reader.ValueTextEquals("managedFields");
            reader.Read();
            reader.Skip();
            if (isManagedFields)
            {
                continue;
            }

            if (!isFirst)
            {
                target[length++] = (byte)',';
            }

            isFirst = false;
            length += Append(source[start..(int)reader.BytesConsumed], target[length..]);
        }

        target[length++] = (byte)'}';
        return length;
    }

    private static int Append(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        bytes.CopyTo(target);
        return bytes.Length;
    }
}
