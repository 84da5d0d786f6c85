using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>Values that nobody may read in a message: they are taken out of it, in plain and in base64, wherever they stand. Many may add at once.</summary>
public sealed class SecretValues
{
    private const string Mask = "++++++++";
    private const int ShortestValue = 4; // what is shorter stands in ordinary words too

    private readonly ConcurrentDictionary<string, bool> _values = new(StringComparer.Ordinal);

    /// <summary>The values of one Secret, of which messages may still tell kind, namespace and name.</summary>
    public static SecretValues Of(KubernetesObject secret)
    {
        var values = new SecretValues();
        values.AddSecret(secret);
        values.Spare(secret.Kind);
        values.Spare(secret.Namespace);
        values.Spare(secret.Name);
        return values;
    }

    /// <summary>Adds a value, line by line.</summary>
    public void Add(string value)
    {
        foreach (var line in value.Split('\n', StringSplitOptions.TrimEntries).Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(value))).Where(line => line.Length >= ShortestValue))
        {
            _values[line] = true;
        }
    }

    /// <summary>Adds what a Secret has under <c>data</c> and <c>stringData</c>.</summary>
    public void AddSecret(KubernetesObject secret)
    {
        foreach (var (_, value) in secret.Json["stringData"] as JsonObject ?? [])
        {
            Add(value?.ToString() ?? "");
        }

        foreach (var (_, value) in secret.Json["data"] as JsonObject ?? [])
        {
            var encoded = value?.ToString() ?? "";
            Add(encoded);
            var decoded = new byte[encoded.Length];
            if (Convert.TryFromBase64String(encoded, decoded, out var length))
            {
                Add(Encoding.UTF8.GetString(decoded, 0, length));
            }
        }
    }

    /// <summary>Lets a word stay where it stands in a text: the name of an object is no secret, even if it is somebody's password too.</summary>
    public void Spare(string word) => _values.TryRemove(word, out _);

    /// <summary>The text with every value replaced by plus signs, whatever the value's length.</summary>
    public string Hide(string text)
    {
        foreach (var value in _values.Keys.OrderByDescending(value => value.Length))
        {
            text = text.Replace(value, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _values.Clear();
}
