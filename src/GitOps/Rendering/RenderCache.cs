using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering;

/// <summary>What external renderers printed, kept for the next pass: found again by the files that were really read, and encrypted under a key of this process.</summary>
/// <remarks>AES-256-GCM, 12 random bytes of nonce, 16 of tag; the plaintext is packed with Brotli first. Bounded by bytes; the oldest use goes first.</remarks>
internal sealed class RenderCache : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const long MostBytes = 64L * 1024 * 1024;

    private readonly AesGcm _cipher = new(RandomNumberGenerator.GetBytes(32), TagLength);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>What was rendered for a key from trees that still have every file that was read; or null.</summary>
    public async Task<KnownRendering?> TryGetAsync(string key, IReadOnlyList<ISourceTree> trees, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            entry = node.Value;
        }

        for (var i = 0; i < trees.Count; i++)
        {
            if (!await entry.Traces[i].HoldsAsync(trees[i], cancellationToken))
            {
                return null;
            }
        }

        return new KnownRendering(Open(entry), entry.Traces);
    }

    /// <summary>Keeps a rendering in the place of an older one for the same key.</summary>
    public void Put(string key, IReadOnlyList<ReadTrace> traces, RenderedManifests rendered)
    {
        var entry = new Entry(key, traces, rendered.SourceType, rendered.Opened, Seal(rendered));
        lock (_lock)
        {
            Remove(key);
            _byKey[key] = _byUse.AddLast(entry);
            _bytes += entry.Size;
            while (_bytes > MostBytes && _byUse.First is { } oldest)
            {
                Remove(oldest.Value.Key);
            }
        }
    }

    public void Dispose() => _cipher.Dispose();

    private void Remove(string key)
    {
        if (_byKey.Remove(key, out var node))
        {
            _byUse.Remove(node);
            _bytes -= node.Value.Size;
        }
    }

    private byte[] Seal(RenderedManifests rendered)
    {
        var plaintext = Pack(rendered);
        var result = new byte[NonceLength + plaintext.Length + TagLength];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceLength));
        lock (_cipher)
        {
            _cipher.Encrypt(result.AsSpan(0, NonceLength), plaintext, result.AsSpan(NonceLength, plaintext.Length), result.AsSpan(NonceLength + plaintext.Length));
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return result;
    }

    private RenderedManifests Open(Entry entry)
    {
        var length = entry.Sealed.Length - NonceLength - TagLength;
        var plaintext = new byte[length];
        lock (_cipher)
        {
            _cipher.Decrypt(entry.Sealed.AsSpan(0, NonceLength), entry.Sealed.AsSpan(NonceLength, length), entry.Sealed.AsSpan(NonceLength + length), plaintext);
        }

        var manifests = Unpack(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new RenderedManifests(entry.Type, manifests) { Opened = entry.Opened };
    }

    private static byte[] Pack(RenderedManifests rendered)
    {
        using var packed = new MemoryStream();
        using (var compressed = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new BinaryWriter(compressed, Encoding.UTF8))
        {
            writer.Write(rendered.Manifests.Count);
            foreach (var manifest in rendered.Manifests)
            {
                var json = manifest.Object.ToUtf8Json();
                writer.Write(manifest.Origin);
                writer.Write(json.Length);
                writer.Write(json);
                CryptographicOperations.ZeroMemory(json);
            }
        }

        var result = packed.ToArray();
        CryptographicOperations.ZeroMemory(packed.GetBuffer());
        return result;
    }

    private static List<Manifest> Unpack(byte[] packed)
    {
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        var count = reader.ReadInt32();
        var manifests = new List<Manifest>(count);
        for (var i = 0; i < count; i++)
        {
            var origin = reader.ReadString();
            var json = reader.ReadBytes(reader.ReadInt32());
            manifests.Add(new Manifest(KubernetesObject.Parse(json), origin));
            CryptographicOperations.ZeroMemory(json);
        }

        return manifests;
    }

    private sealed record Entry(string Key, IReadOnlyList<ReadTrace> Traces, SourceType Type, IReadOnlyList<SealedFile> Opened, byte[] Sealed)
    {
        public long Size { get; } = Sealed.Length + Opened.Sum(file => (long)file.Content.Length);
    }
}

/// <summary>A rendering out of the cache, with what it was made of.</summary>
internal sealed record KnownRendering(RenderedManifests Rendered, IReadOnlyList<ReadTrace> Traces);
