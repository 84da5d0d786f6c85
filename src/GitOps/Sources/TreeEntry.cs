namespace SecretsOps.GitOps.Sources;

/// <summary>What a name in a tree stands for.</summary>
internal enum TreeEntryKind
{
    File,
    Executable,
    Link,
    Folder,
    Submodule,
}

/// <summary>One name in a folder of a source; <paramref name="Digest"/> changes whenever the content below it does.</summary>
internal sealed record TreeEntry(string Path, TreeEntryKind Kind, string Digest)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsFile => Kind is TreeEntryKind.File or TreeEntryKind.Executable;
}
