using System.Text;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.Cli.Sealing;

/// <summary>A file of SealedSecrets on disk.</summary>
internal sealed class SealedFile
{
    private readonly byte[] _original;

    private SealedFile(string path, byte[] original, SealedSecretFile content)
    {
        Path = path;
        _original = original;
        Content = content;
    }

    internal string Path { get; }

    internal SealedSecretFile Content { get; }

    internal bool IsChanged => !Encoding.UTF8.GetBytes(Content.ToText()).AsSpan().SequenceEqual(_original);

    /// <summary>Reads a file that has to hold a SealedSecret.</summary>
    /// <exception cref="CliException">It holds none.</exception>
    internal static SealedFile Read(string path, CliEnvironment environment) =>
        TryRead(environment.PathOf(path), environment) is { Content.Documents.Count: > 0 } file
            ? file
            : throw new CliException($"'{path}' holds no SealedSecret", "expected a manifest of kind SealedSecret; 'sops' works on files encrypted by SOPS");

    internal static SealedFile TryRead(string path, CliEnvironment environment)
    {
        var bytes = TextEncoding.ToUtf8(File.ReadAllBytes(environment.PathOf(path)));
        return new(environment.PathOf(path), bytes, SealedSecretFile.Parse(bytes, path));
    }

    /// <summary>The document for a verb that works on one.</summary>
    /// <exception cref="CliException">The file holds several and the name does not choose one.</exception>
    internal SealedSecretDocument One(string name)
    {
        var fitting = Content.Documents.Where(document => name.Length == 0 || document.Object.Name == name).ToArray();
        return fitting switch
        {
            [var only] => only,
            [] => throw new CliException($"'{Path}' holds no SealedSecret named '{name}'"),
            _ => throw new CliException($"'{Path}' holds {fitting.Length} SealedSecrets", "choose one with --name"),
        };
    }

    internal void Save() => AtomicFile.Write(Path, Encoding.UTF8.GetBytes(Content.ToText()));
}
