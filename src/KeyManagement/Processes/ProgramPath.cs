namespace SecretsOps.KeyManagement.Processes;

/// <summary>Finds helper programs along <c>PATH</c> only.</summary>
/// <remarks>The runtime itself would look beside our executable and in the working directory first, which may be a stranger's repository.</remarks>
internal static class ProgramPath
{
    /// <summary>The absolute path of an executable file, or <c>null</c>.</summary>
    public static string? Find(string name, KeyEnvironment environment)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return IsExecutable(name) ? Path.GetFullPath(name) : null;
        }

        return (environment.NonEmpty("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
            .Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
    }
}
