using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cli.Sops;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Ksops;

/// <summary>Makes the objects that one <c>viaduct.ai/v1</c> manifest of kind <c>ksops</c> asks for.</summary>
internal sealed class KsopsGenerator(CliEnvironment environment, string root) : IDisposable
{
    private const int DefaultConcurrency = 20;

    private readonly LocalKeyService _keys = new(KeyCredentials.FromEnvironment(SopsKeyServices.EnvironmentOf(environment)));
    private readonly SemaphoreSlim _slots = new(ConcurrencyOf(environment));

    /// <summary>What to tell beside a file that is not there, or null.</summary>
    public string? HintForMissingFile { get; init; }

    /// <exception cref="CliException">The manifest asks for nothing, or a file cannot be read or decrypted; the message names the file.</exception>
    public async Task<IReadOnlyList<JsonNode>> GenerateAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var files = Texts(manifest["files"]);
        var secrets = (manifest["secretFrom"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (manifest["files"] is null && manifest["secretFrom"] is null)
        {
            throw new CliException($"the manifest '{manifest["metadata"]?["name"]}' has neither 'files' nor 'secretFrom'");
        }

        var whole = files.Select(file => WholeFileAsync(file, cancellationToken)).ToList();
        var built = secrets.Select(secret => SecretAsync(secret, cancellationToken)).ToList();
        var objects = (await Task.WhenAll(whole).ConfigureAwait(false)).SelectMany(documents => documents).ToList();
        objects.AddRange(await Task.WhenAll(built).ConfigureAwait(false));
        return objects;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _slots.Dispose();
    }

    private async Task<IReadOnlyList<JsonNode>> WholeFileAsync(string file, CancellationToken cancellationToken)
    {
        using var plaintext = await DecryptAsync(file, cancellationToken).ConfigureAwait(false);
        return [.. ManifestReader.ReadDocuments(plaintext.Memory, file).Select(document => document.Root).OfType<JsonObject>()];
    }

    private async Task<JsonNode> SecretAsync(JsonObject source, CancellationToken cancellationToken)
    {
        var stringData = new JsonObject();
        var data = new JsonObject();
        foreach (var (key, file) in Texts(source["files"]).Select(Entry))
        {
            using var plaintext = await DecryptAsync(file, cancellationToken).ConfigureAwait(false);
            stringData[key] = Encoding.UTF8.GetString(plaintext.Span);
        }

        foreach (var (key, file) in Texts(source["binaryFiles"]).Select(Entry))
        {
            using var plaintext = await DecryptAsync(file, cancellationToken).ConfigureAwait(false);
            data[key] = Convert.ToBase64String(plaintext.Span);
        }

        foreach (var file in Texts(source["envs"]))
        {
            using var plaintext = await DecryptAsync(file, cancellationToken).ConfigureAwait(false);
            foreach (var (key, value) in DotenvValues.Parse(Encoding.UTF8.GetString(plaintext.Span), file))
            {
                stringData[key] = value;
            }
        }

        return SecretOf(source, stringData, data);
    }

    private static JsonObject SecretOf(JsonObject source, JsonObject stringData, JsonObject data)
    {
        var secret = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = source["metadata"]?.DeepClone() ?? new JsonObject() };
        if (source["type"] is { } type)
        {
            secret["type"] = type.DeepClone();
        }

        if (stringData.Count > 0)
        {
            secret["stringData"] = stringData;
        }

        if (data.Count > 0)
        {
            secret["data"] = data;
        }

        return secret;
    }

    private async Task<SecretBytes> DecryptAsync(string file, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await File.ReadAllBytesAsync(Path.GetFullPath(file, root), cancellationToken).ConfigureAwait(false);
            return await SopsDecryptor.DecryptAsync(content, SopsFormats.ForPath(file), _keys, new DecryptOptions(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException($"error decrypting file '{file}': '{Path.GetFullPath(file, root)}' does not exist", HintForMissingFile, cause: missing);
        }
        catch (Exception failure) when (failure is SopsException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"error decrypting file '{file}': {failure.Message}", cause: failure);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary><c>key=path</c>, or a path whose base name is the key.</summary>
    private static (string Key, string File) Entry(string text)
    {
        return text.Split('=') switch
        {
            [var path] => (Path.GetFileName(path), path),
            [var key, var path] => (key, path),
            _ => throw new CliException($"'{text}' is not of the form 'path' or 'key=path'"),
        };
    }

    private static List<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).OfType<JsonValue>().Select(item => item.ToString())];

    private static int ConcurrencyOf(CliEnvironment environment)
    {
        var text = environment.Variable("KSOPS_CONCURRENCY_LIMIT");
        if (string.IsNullOrEmpty(text))
        {
            return DefaultConcurrency;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? limit
            : throw new CliException($"KSOPS_CONCURRENCY_LIMIT must be a number above 0, not '{text}'");
    }
}
