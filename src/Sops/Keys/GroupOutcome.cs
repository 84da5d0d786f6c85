using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;

namespace SecretsOps.Sops.Keys;

/// <summary>What came of trying a key group: its share of the data key, or a reason per key.</summary>
internal sealed record GroupOutcome(SecretBytes? Share, IReadOnlyList<(MasterKey Key, string? Reason)> Attempts);
