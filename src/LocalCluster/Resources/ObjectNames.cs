using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Checks names as upstream does for each kind, and makes them from <c>generateName</c>.</summary>
internal static partial class ObjectNames
{
    private const int LongestSubdomain = 253;
    private const int LongestLabel = 63;
    private const int LongestGeneratedPrefix = 58;
    private const string SuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Rfc1035Rule =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character "
        + "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>A prefix with the five random characters that upstream appends.</summary>
    internal static string Generate(string prefix) =>
        prefix[..Math.Min(prefix.Length, LongestGeneratedPrefix)] + RandomNumberGenerator.GetString(SuffixAlphabet, 5);

    /// <summary>What is wrong with a name for a kind, or null.</summary>
    internal static FieldError? Check(ResourceKind kind, string name)
    {
        if (kind.Gvk.Group == "rbac.authorization.k8s.io" || kind.Gvk.Kind is "IPAddress")
        {
            return CheckPathSegment(name);
        }

        return kind.QualifiedPlural switch
        {
            "namespaces" => Check(name, Label(), LongestLabel, LabelRule),
            "services" => Check(name, Rfc1035(), LongestLabel, Rfc1035Rule),
            _ => Check(name, Subdomain(), LongestSubdomain, SubdomainRule),
        };
    }

    private static FieldError? Check(string name, Regex pattern, int longest, string rule)
    {
        if (name.Length > longest)
        {
            return FieldError.Invalid("metadata.name", JsonValue.Create(name), $"must be no more than {longest} characters");
        }

        return pattern.IsMatch(name) ? null : FieldError.Invalid("metadata.name", JsonValue.Create(name), rule);
    }

    private static FieldError? CheckPathSegment(string name) => name switch
    {
        "." or ".." => FieldError.Invalid("metadata.name", JsonValue.Create(name), $"may not be '{name}'"),
        _ when name.Contains('/', StringComparison.Ordinal) => FieldError.Invalid("metadata.name", JsonValue.Create(name), "may not contain '/'"),
        _ when name.Contains('%', StringComparison.Ordinal) => FieldError.Invalid("metadata.name", JsonValue.Create(name), "may not contain '%'"),
        _ => null,
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Rfc1035();
}
