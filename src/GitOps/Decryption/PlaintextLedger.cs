using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Remembers, for one rendering, which values were encrypted, so that a printed difference or an error can hide them wherever a template put them.</summary>
internal sealed class PlaintextLedger(IFileDecryptor decryptor) : IFileDecryptor, IDisposable
{
    private readonly SecretValues _values = new();

    public async Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var opened = await decryptor.TryDecryptAsync(path, content, cancellationToken);
        if (opened is not null)
        {
            Record(path, content, opened.Memory);
        }

        return opened;
    }

    /// <inheritdoc cref="SecretValues.Hide"/>
    public string Hide(string text) => _values.Hide(text);

    /// <inheritdoc cref="SecretValues.Spare"/>
    public void Spare(string word) => _values.Spare(word);

    /// <summary>Counts the values of a Secret as encrypted, whatever they were in Git.</summary>
    public void AddSecret(KubernetesObject secret) => _values.AddSecret(secret);

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
            _values.Add(line);
            _values.Add(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
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
                _values.Add(right.ToString());
                break;
        }
    }
}
