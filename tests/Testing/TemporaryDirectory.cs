namespace SecretsOps.Testing;

/// <summary>A fresh directory, readable by its owner only, that is gone with everything in it when disposed.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Makes the directory.</summary>
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("secretsops-test-").FullName;

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>An absolute path from parts relative to the directory.</summary>
    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a text file, making the directories on the way, and returns its absolute path.</summary>
    public string Write(string relativePath, string text)
    {
        var path = Combine(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a program that its owner may run, and returns its absolute path. It takes the place of an older one in one step, so that whoever starts it meanwhile gets the one or the other and never half of it.</summary>
    public string WriteProgram(string relativePath, string text)
    {
        var path = Combine(relativePath);
        var written = Write($"{relativePath}.new", text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(written, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.Move(written, path, overwrite: true);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
