namespace SecretsOps.Cli.Ksops;

/// <summary><c>ksops install DIR</c>: copies this program as <c>ksops</c>, for an init container of Argo CD.</summary>
internal static class KsopsInstall
{
    public static int Run(string[] arguments, CliEnvironment environment)
    {
        var withKustomize = arguments.Contains("--with-kustomize", StringComparer.Ordinal);
        var directory = arguments.FirstOrDefault(argument => !argument.StartsWith('-')) ?? throw new CliException("ksops install needs the directory to install to");
        var target = environment.PathOf(directory);
        Directory.CreateDirectory(target);
        Copy(Environment.ProcessPath!, Path.Combine(target, "ksops"));
        if (withKustomize)
        {
            var folders = (environment.Variable("PATH") ?? "").Split(Path.PathSeparator);
            var kustomize = folders.Select(folder => Path.Combine(folder, "kustomize")).FirstOrDefault(File.Exists)
                ?? throw new CliException("kustomize was not found in PATH", "install kustomize, or leave --with-kustomize out");
            Copy(kustomize, Path.Combine(target, "kustomize"));
        }

        return 0;
    }

    private static void Copy(string source, string target)
    {
        File.Copy(source, target, overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, File.GetUnixFileMode(source));
        }
    }
}
