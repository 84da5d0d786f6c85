namespace SecretsOps.Testing;

/// <summary>Finds files of the repository from wherever the tests run.</summary>
public static class RepositoryRoot
{
    /// <summary>The directory that holds <c>SecretsOps.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>An absolute path from parts relative to the root.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "SecretsOps.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"SecretsOps.sln was not found above '{AppContext.BaseDirectory}': run the tests from a checkout.");
    }
}
