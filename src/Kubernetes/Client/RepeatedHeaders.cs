using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Sends a header once per value: impersonation needs it, and .NET would join the values into one line.</summary>
/// <remarks>
/// Each value travels under a random name of the same length; a filter under the HTTP layer puts the real name back.
/// Works on HTTP/1.1 only, where headers are plain text on the stream.
/// </remarks>
internal sealed class RepeatedHeaders
{
    private readonly List<(byte[] Placeholder, byte[] Name)> _names = [];
    private readonly List<(string Placeholder, string Value)> _values = [];

    internal bool IsEmpty => _values.Count == 0;

    internal IReadOnlyList<(string Placeholder, string Value)> Values => _values;

    internal static RepeatedHeaders For(Impersonation? user)
    {
        var headers = new RepeatedHeaders();
        headers.Add("Impersonate-Group", user?.Groups ?? []);
        foreach (var (name, values) in user?.Extra ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            headers.Add($"Impersonate-Extra-{Uri.EscapeDataString(name)}", values);
        }

        return headers;
    }

    internal Stream Filter(Stream inner) => new RenamingStream(inner, _names);

    private void Add(string name, IReadOnlyList<string> values)
    {
        foreach (var value in values)
        {
            var placeholder = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ", name.Length);
            _names.Add((Encoding.ASCII.GetBytes(placeholder), Encoding.ASCII.GetBytes(name)));
            _values.Add((placeholder, value));
        }
    }
}
