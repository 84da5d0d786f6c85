using System.Collections.Concurrent;

using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>Wraps by turning the bytes around, and remembers who was asked.</summary>
internal sealed class MirrorService : IKeyService
{
    public ConcurrentQueue<MasterKey> Asked { get; } = new();

    public Task<string> WrapAsync(MasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        Asked.Enqueue(key);
        return Task.FromResult("mirror:" + Convert.ToBase64String([.. dataKey.ToArray().Reverse()]));
    }

    public Task<SecretBytes> UnwrapAsync(MasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        Asked.Enqueue(key);
        return wrappedKey.StartsWith("mirror:", StringComparison.Ordinal)
            ? Task.FromResult(new SecretBytes([.. Convert.FromBase64String(wrappedKey["mirror:".Length..]).AsEnumerable().Reverse()]))
            : throw new MasterKeyException(key, "the mirror did not wrap it: 100 %");
    }
}
