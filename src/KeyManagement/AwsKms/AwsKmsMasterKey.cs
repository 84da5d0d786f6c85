using System.Text.RegularExpressions;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>A key of AWS KMS by ARN, with the role to assume, the encryption context and the profile to use it with.</summary>
public sealed partial record AwsKmsMasterKey(string Arn) : MasterKey
{
    /// <summary>The role to assume before the call, or empty.</summary>
    public string Role { get; init; } = "";

    /// <summary>The encryption context; the key unwraps only with the context it wrapped with.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();

    /// <summary>The profile of the shared AWS configuration, or empty.</summary>
    public string Profile { get; init; } = "";

    /// <inheritdoc/>
    public override string TypeName => "kms";

    /// <summary>The region in the ARN.</summary>
    /// <exception cref="FormatException">The ARN is not one of a KMS key or alias.</exception>
    public string Region => ArnPattern().Match(Arn) is { Success: true } match
        ? match.Groups[1].Value
        : throw new FormatException($"'{Arn}' is not an ARN of AWS KMS: expected arn:aws:kms:REGION:ACCOUNT:key/ID or alias/NAME");

    /// <inheritdoc/>
    public override string Identity
    {
        get
        {
            var identity = Role.Length == 0 ? Arn : $"{Arn}+{Role}";
            if (Context.Count > 0 || Profile.Length > 0)
            {
                var pairs = Context.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{pair.Value}");
                identity += $"|{string.Join(',', pairs)}";
            }

            return Profile.Length > 0 ? $"{identity}|{Profile}" : identity;
        }
    }

    /// <summary>Reads <c>ARN[+ROLE_ARN]</c>.</summary>
    public static AwsKmsMasterKey Parse(string text)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        var plus = compact.IndexOf("+arn:", StringComparison.Ordinal);
        return plus < 0 ? new(compact) : new(compact[..plus]) { Role = compact[(plus + 1)..] };
    }

    /// <summary>Reads a comma-separated list of <c>ARN[+ROLE_ARN]</c>, all with one context and profile.</summary>
    public static IReadOnlyList<AwsKmsMasterKey> ParseList(string text, IReadOnlyDictionary<string, string>? context = null, string profile = "") =>
        [.. KeyList.Split(text).Select(part => Parse(part) with { Context = context ?? new Dictionary<string, string>(), Profile = profile })];

    /// <summary>Equal when the identities are.</summary>
    public bool Equals(AwsKmsMasterKey? other) => other is not null && string.Equals(Identity, other.Identity, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Identity.GetHashCode(StringComparison.Ordinal);

    [GeneratedRegex(@"\Aarn:aws[\w-]*:kms:(.+):[0-9]+:(?:key|alias)/.+\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ArnPattern();
}
