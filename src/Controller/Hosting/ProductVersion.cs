using System.Reflection;

namespace SecretsOps.Controller.Hosting;

/// <summary>What this build calls itself.</summary>
internal static class ProductVersion
{
    /// <summary>The version and, where the build knows it, the commit.</summary>
    public static string Revision { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
