using System.Text.RegularExpressions;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>The syntaxes of names, keys and values; each check returns the API server's sentences on what is wrong.</summary>
internal static partial class ObjectNames
{
    private const string SubdomainPattern = @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

    /// <summary>Names of most objects.</summary>
    public static IEnumerable<string> Subdomain(string text) =>
        TooLong(text, 253).Concat(DnsSubdomain().IsMatch(text) ? [] :
        [
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
            + "alphanumeric character" + Regex("example.com", SubdomainPattern),
        ]);

    /// <summary>Names of namespaces, services, containers and the like.</summary>
    public static IEnumerable<string> Label(string text) =>
        TooLong(text, 63).Concat(DnsLabel().IsMatch(text) ? [] :
        [
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
            + "alphanumeric character" + Regex("my-name',  or '123-abc", "[a-z0-9]([-a-z0-9]*[a-z0-9])?"),
        ]);

    /// <summary>Names of namespaces and services: the commonest fault is named by itself.</summary>
    public static IEnumerable<string> LabelWithoutDots(string text) =>
        text.Contains('.', StringComparison.Ordinal) ? ["must not contain dots"] : Label(text);

    /// <summary>Names that need only be one segment of a path, as those of roles.</summary>
    public static IEnumerable<string> PathSegment(string text) => text is "." or ".."
        ? [$"may not be '{text}'"]
        : PathCharacters.Where(text.Contains).Select(character => $"may not contain '{character}'");

    /// <summary>Keys of labels and annotations, and finalizers.</summary>
    public static IEnumerable<string> QualifiedName(string text, string what = "a qualified name")
    {
        var parts = text.Split('/');
        if (parts.Length > 2)
        {
            return
            [
                what + " must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                + Regex("MyName',  or 'my.name',  or '123-abc", "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
                + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
            ];
        }

        var name = parts[^1];
        var prefix = parts.Length < 2 ? [] : parts[0].Length == 0 ? ["prefix part must be non-empty"] : Subdomain(parts[0]).Select(text => "prefix part " + text);
        return prefix
            .Concat(name.Length == 0 ? ["name part must be non-empty"] : TooLong(name, 63).Select(text => "name part " + text))
            .Concat(Qualified().IsMatch(name) ? [] :
            [
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                + Regex("MyName',  or 'my.name',  or '123-abc", "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"),
            ]);
    }

    /// <summary>Values of labels.</summary>
    public static IEnumerable<string> LabelValue(string text) =>
        TooLong(text, 63).Concat(text.Length == 0 || Qualified().IsMatch(text) ? [] :
        [
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character" + Regex("MyValue',  or 'my_value',  or '12345", "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"),
        ]);

    /// <summary>Keys of config maps and secrets.</summary>
    public static IEnumerable<string> ConfigKey(string text)
    {
        IEnumerable<string> syntax = ConfigKeyPattern().IsMatch(text) ? [] :
        [
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
            + Regex("key.name',  or 'KEY_NAME',  or 'key-name", "[-._a-zA-Z0-9]+"),
        ];
        return TooLong(text, 253).Concat(syntax)
            .Concat(text == "." ? ["must not be '.'"] : text == ".." ? ["must not be '..'"] : text.StartsWith("..", StringComparison.Ordinal) ? ["must not start with '..'"] : []);
    }

    private static readonly char[] PathCharacters = ['/', '%'];

    private static IEnumerable<string> TooLong(string text, int maximum) =>
        System.Text.Encoding.UTF8.GetByteCount(text) > maximum ? [$"must be no more than {maximum} bytes"] : [];

    private static string Regex(string examples, string pattern) =>
        $" (e.g. '{examples}', regex used for validation is '{pattern}')";

    [GeneratedRegex("^" + SubdomainPattern + @"\z")]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex ConfigKeyPattern();
}
