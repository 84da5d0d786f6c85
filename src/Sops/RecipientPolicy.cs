using SecretsOps.KeyManagement;
using SecretsOps.Sops.Configuration;

namespace SecretsOps.Sops;

/// <summary>Compares recipients with those a creation rule names.</summary>
internal static class RecipientPolicy
{
    /// <summary>The keys that the rule does not name.</summary>
    public static IReadOnlyList<MasterKey> Foreign(IEnumerable<MasterKey> keys, CreationRule rule)
    {
        var named = rule.KeyGroups.SelectMany(group => group).Select(key => (key.TypeName, key.Identity)).ToHashSet();
        return [.. keys.Where(key => !named.Contains((key.TypeName, key.Identity)))];
    }
}
