using System.IO.Compression;
using System.Text;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cryptography.Tests.Age;

/// <summary>One file of the C2SP CCTV suite: text headers, an empty line, the age file.</summary>
internal sealed record CctvVector(ILookup<string, string> Headers, byte[] File)
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "cctv-age");

    public string Expect => Headers["expect"].Single();

    public static CctvVector Load(string name)
    {
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(Folder, name));
        var end = bytes.AsSpan().IndexOf("\n\n"u8);
        var headers = Encoding.UTF8.GetString(bytes.AsSpan(..end)).Split('\n')
            .Select(line => line.Split(": ", 2))
            .ToLookup(pair => pair[0], pair => pair[1]);
        var file = bytes[(end + 2)..];
        return new(headers, headers["compressed"].Contains("zlib") ? Inflate(file) : file);
    }

    public IReadOnlyList<AgeIdentity> Identities() =>
    [
        .. Headers["identity"].Select(AgeIdentity.Parse),
        .. Headers["passphrase"].Select(text => new ScryptIdentity(new SecretBytes(Encoding.UTF8.GetBytes(text)))),
    ];

    private static byte[] Inflate(byte[] compressed)
    {
        using var inflated = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        zlib.CopyTo(inflated);
        return inflated.ToArray();
    }
}
