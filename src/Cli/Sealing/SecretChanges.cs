using System.Security.Cryptography;
using System.Text;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Which keys differ between two sets of values; never how.</summary>
internal sealed record SecretChanges(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed)
{
    internal bool IsEmpty => Added.Count + Removed.Count + Changed.Count == 0;

    internal static SecretChanges Between(UnsealResult before, PlainSecret after) =>
        Between(before.Items.ToDictionary(item => item.Name, item => item.Value.Span.ToArray()), after.Data);

    internal static SecretChanges Between(IReadOnlyDictionary<string, byte[]> before, IReadOnlyDictionary<string, byte[]> after) => new(
        [.. after.Keys.Where(key => !before.ContainsKey(key)).Order(StringComparer.Ordinal)],
        [.. before.Keys.Where(key => !after.ContainsKey(key)).Order(StringComparer.Ordinal)],
        [.. after.Keys.Where(key => before.TryGetValue(key, out var old) && !CryptographicOperations.FixedTimeEquals(old, after[key])).Order(StringComparer.Ordinal)]);

    internal string Describe()
    {
        var text = new StringBuilder();
        foreach (var (mark, keys) in new[] { ('+', Added), ('-', Removed), ('~', Changed) })
        {
            foreach (var key in keys)
            {
                text.Append(mark).Append(' ').Append(key).Append('\n');
            }
        }

        return text.ToString();
    }
}
