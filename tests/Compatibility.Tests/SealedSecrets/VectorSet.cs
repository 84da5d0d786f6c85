using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.SealedSecrets;

/// <summary>The recorded runs of real kubeseal (Data/sealed-secrets/SOURCE.md).</summary>
internal static class VectorSet
{
    public static string Directory { get; } = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets");

    public static string Backup { get; } = Path.Combine(Directory, "keys", "backup-list.yaml");

    public static TheoryData<string> CasesWith(params string[] files) => [.. NamesWith(files)];

    public static string[] NamesWith(params string[] files)
    {
        var names = System.IO.Directory.GetDirectories(Path.Combine(Directory, "cases"))
            .Where(directory => files.Any(file => File.Exists(Path.Combine(directory, file))))
            .Select(directory => Path.GetFileName(directory))
            .Order(StringComparer.Ordinal)
            .ToArray();
        return names.Length > 0 ? names : throw new InvalidOperationException("the vectors are missing");
    }

    public static string PathOf(string name, params string[] files) =>
        files.Select(file => Path.Combine(Directory, "cases", name, file)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{name}: none of {string.Join(", ", files)}");

    public static byte[] Read(string name, params string[] files) => File.ReadAllBytes(PathOf(name, files));

    public static bool Has(string name, string file) => File.Exists(Path.Combine(Directory, "cases", name, file));
}
