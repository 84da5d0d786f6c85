using System.Text;

namespace SecretsOps.KeyManagement.Http;

/// <summary>Percent-encoding as the signatures of AWS, Alibaba and Huawei want it.</summary>
internal static class Rfc3986
{
    /// <summary>Encodes everything but <c>A-Z a-z 0-9 - _ . ~</c>; also what a path segment needs.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary><c>name=value</c> pairs, sorted by name, encoded, joined with <c>&amp;</c>.</summary>
    public static string Query(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            query.Append(query.Length == 0 ? "" : "&").Append(Encode(name)).Append('=').Append(Encode(value));
        }

        return query.ToString();
    }
}
