namespace SecretsOps.Testing.Programs;

/// <summary>Packages of npm that tests compare with, installed once.</summary>
internal static class NpmPackage
{
    internal static string Directory(string name, string version)
    {
        var directory = Path.Combine(InstallLock.CacheDirectory, "npm-" + $"{name}-{version}".Replace('/', '-').TrimStart('@'));
        if (System.IO.Directory.Exists(directory))
        {
            return directory;
        }

        var npm = ExternalPrograms.Debian("npm");
        using (InstallLock.Take())
        {
            if (!System.IO.Directory.Exists(directory))
            {
                Install(npm, $"{name}@{version}", directory);
            }
        }

        return directory;
    }

    private static void Install(string npm, string package, string directory)
    {
        var unfinished = directory + ".unfinished";
        System.IO.Directory.CreateDirectory(unfinished);
        var options = new RunOptions { Directory = unfinished, Timeout = TimeSpan.FromMinutes(10) };
        ExternalProgram.Run(npm, ["install", "--silent", "--ignore-scripts", "--no-audit", "--prefix", unfinished, package], options).ShouldSucceed();
        System.IO.Directory.Move(unfinished, directory);
    }
}
