using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering;

/// <summary>Reads what an external renderer printed.</summary>
internal static class ManifestStream
{
    private static readonly ManifestReadOptions Reading = new() { ExpandLists = true };

    /// <exception cref="RenderException">The output is no stream of manifests; its text is not quoted, it may hold secrets.</exception>
    public static RenderedManifests Read(SourceType type, byte[] output, string origin)
    {
        try
        {
            return new(type, [.. ManifestReader.Read(output, origin, Reading).Select(value => new Manifest(value, origin))]);
        }
        catch (ManifestException malformed)
        {
            throw new RenderException($"{origin}: document {malformed.Document}, line {malformed.Line} of what {type} rendered is no Kubernetes manifest");
        }
    }
}
