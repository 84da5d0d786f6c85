using SecretsOps.Testing;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>The binaries that <c>./build</c> publishes: what users run is what these tests drive.</summary>
internal static class Published
{
    public static string SecretsOps => Binary("secretsops");

    public static string Controller => Binary("secretsops-controller");

    public static string Kubeseal => Binary("kubeseal");

    public static string Sops => Binary("sops");

    public static string Ksops => Binary("ksops");

    private static string Binary(string name)
    {
        var path = RepositoryRoot.Combine("dist", name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"'{path}' is missing: run ./build first, or ./test, which does.");
    }
}
