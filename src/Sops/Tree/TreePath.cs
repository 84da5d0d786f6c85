using System.Text;

namespace SecretsOps.Sops.Tree;

/// <summary>The map keys from the root to a value, and the associated data made of them: <c>key:key:</c>.</summary>
/// <remarks>List indices are no part of it. At the root it is a single colon, for comments there.</remarks>
internal sealed class TreePath
{
    private readonly List<string> _components = [];
    private readonly List<int> _lengths = [];
    private byte[] _bytes = new byte[256];
    private int _length;

    public IReadOnlyList<string> Components => _components;

    public ReadOnlySpan<byte> AssociatedData => _length == 0 ? ":"u8 : _bytes.AsSpan(0, _length);

    public void Push(string key)
    {
        _components.Add(key);
        _lengths.Add(_length);
        var needed = _length + Encoding.UTF8.GetMaxByteCount(key.Length) + 1;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, needed * 2);
        }

        _length += Encoding.UTF8.GetBytes(key, _bytes.AsSpan(_length));
        _bytes[_length++] = (byte)':';
    }

    public void Pop()
    {
        _components.RemoveAt(_components.Count - 1);
        _length = _lengths[^1];
        _lengths.RemoveAt(_lengths.Count - 1);
    }

    /// <summary>The path as a user writes it: <c>["a"]["b"]</c>; for messages.</summary>
    public override string ToString() => string.Concat(_components.Select(component => $"[\"{component}\"]"));
}
