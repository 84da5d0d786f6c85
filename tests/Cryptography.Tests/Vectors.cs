using SecretsOps.Testing;

namespace SecretsOps.Cryptography.Tests;

/// <summary>The keys among the vectors of real sops.</summary>
internal static class Vectors
{
    public static byte[] Read(string name) => File.ReadAllBytes(RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops", "keys", name));
}
