using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Remembers, for one rendering, which values were encrypted, so that a printed difference or an error can hide them wherever a template put them.</summary>
internal sealed class PlaintextLedger(IFileDecryptor decryptor) : IFileDecryptor, IDisposable
{
    private const int ShortestValue = 4;

    private readonly ConcurrentDictionary<string, bool> _values = new(StringComparer.Ordinal);

    public async Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var opened = await decryptor.TryDecryptAsync(path, content, cancellationToken);
        if (opened is not null)
        {
            Record(path, content, opened.Memory);
        }

        return opened;
    }

    /// <summary>The text with every value that was encrypted replaced by plus signs, in plain and in base64.</summary>
    public string Hide(string text)
    {
        foreach (var value in _values.Keys.OrderByDescending(value => value.Length))
        {
            text = text.Replace(value, "++++++++", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Lets a word stay where it stands in a text: the name of an object is no secret, even if it is somebody's password too.</summary>
    public void Spare(string word) => _values.TryRemove(word, out _);

    /// <summary>Counts the values of a Secret as encrypted, whatever they were in Git.</summary>
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

    public void Dispose() => _values.Clear();

    private void Record(string path, ReadOnlyMemory<byte> sealedText, ReadOnlyMemory<byte> clearText)
    {
        if (SopsFormats.ForPath(path) is SopsFormat.Yaml or SopsFormat.Json && TryRead(sealedText, path) is { } before && TryRead(clearText, path) is { } after)
        {
            for (var i = 0; i < Math.Min(before.Count, after.Count); i++)
            {
                Pair(before[i].Root, after[i].Root);
            }

            return;
        }

        foreach (var line in Encoding.UTF8.GetString(clearText.Span).Split('\n', StringSplitOptions.TrimEntries))
        {
            Add(line);
            Add(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
        }
    }

    private static IReadOnlyList<YamlDocument>? TryRead(ReadOnlyMemory<byte> text, string path)
    {
        try
        {
            return ManifestReader.ReadDocuments(text, path);
        }
        catch (ManifestException)
        {
            return null; // taken line by line instead
        }
    }

    private void Pair(JsonNode? before, JsonNode? after)
    {
        switch (before, after)
        {
            case (JsonObject left, JsonObject right):
                foreach (var (name, value) in left)
                {
                    Pair(value, right[name]);
                }

                break;
            case (JsonArray left, JsonArray right):
                for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
                {
                    Pair(left[i], right[i]);
                }

                break;
            case (JsonValue left, JsonValue right) when left.TryGetValue(out string? text) && text.StartsWith("ENC[", StringComparison.Ordinal):
                Add(right.ToString());
                break;
        }
    }

    private void Add(string value)
    {
        foreach (var line in value.Split('\n', StringSplitOptions.TrimEntries).Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(value))).Where(line => line.Length >= ShortestValue))
        {
            _values[line] = true;
        }
    }
}
