namespace SecretsOps.Testing.Programs;

/// <summary>Lets one test process at a time install programs; the others wait for it.</summary>
internal static class InstallLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Where installed programs are kept from run to run.</summary>
    internal static string CacheDirectory { get; } =
        Directory.CreateDirectory(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "secretsops-tests")).FullName;

    /// <summary>Takes the lock; disposing it lets the next process in.</summary>
    internal static IDisposable Take()
    {
        var path = Path.Combine(CacheDirectory, "install.lock");
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                Thread.Sleep(100);
            }
        }
    }
}
