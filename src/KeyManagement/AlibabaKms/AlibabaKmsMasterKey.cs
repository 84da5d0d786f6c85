using System.Text.RegularExpressions;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>A key of Alibaba Cloud KMS: <c>acs:kms:REGION:ACCOUNT:key/ID</c> or <c>…:alias/NAME</c>.</summary>
public sealed partial record AlibabaKmsMasterKey(string Arn) : MasterKey
{
    /// <summary>The RAM role to assume before the call, or empty.</summary>
    public string Role { get; init; } = "";

    /// <summary>The encryption context; the key unwraps only with the context it wrapped with.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string TypeName => "acs_kms";

    /// <inheritdoc/>
    public override string Identity
    {
        get
        {
            var identity = Role.Length == 0 ? Arn : $"{Arn}+{Role}";
            var pairs = Context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{pair.Value}");
            return Context.Count == 0 ? identity : $"{identity}|{string.Join(',', pairs)}";
        }
    }

    /// <summary>The region in the ARN.</summary>
    /// <exception cref="FormatException">The ARN is not one of an Alibaba Cloud KMS key or alias.</exception>
    public string Region => ArnPattern().Match(Arn) is { Success: true } match
        ? match.Groups[1].Value
        : throw new FormatException($"'{Arn}' is not an ARN of Alibaba Cloud KMS: expected acs:kms:REGION:ACCOUNT:key/ID");

    /// <summary>Reads <c>ARN[+ROLE_ARN]</c>.</summary>
    /// <exception cref="FormatException">The ARN is not one of an Alibaba Cloud KMS key or alias.</exception>
    public static AlibabaKmsMasterKey Parse(string text)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        var plus = compact.IndexOf("+acs:", StringComparison.Ordinal);
        var key = plus < 0 ? new AlibabaKmsMasterKey(compact) : new(compact[..plus]) { Role = compact[(plus + 1)..] };
        return key.Region.Length > 0 ? key : throw new FormatException($"'{text}' names no region");
    }

    /// <summary>Reads a comma-separated list of ARNs.</summary>
    /// <exception cref="FormatException">One of them is not an ARN of Alibaba Cloud KMS.</exception>
    public static IReadOnlyList<AlibabaKmsMasterKey> ParseList(string text) => [.. KeyList.Split(text).Select(Parse)];

    /// <summary>Equal when the identities are.</summary>
    public bool Equals(AlibabaKmsMasterKey? other) => other is not null && string.Equals(Identity, other.Identity, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Identity.GetHashCode(StringComparison.Ordinal);

    [GeneratedRegex(@"\Aacs:kms:([a-z0-9-]+):[0-9]+:(?:key|alias)/.+\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ArnPattern();
}
