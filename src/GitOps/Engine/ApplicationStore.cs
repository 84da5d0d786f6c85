using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Settings;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>Reads Applications from the watch and writes them; a reader sees what this process wrote even before the watch does.</summary>
internal sealed class ApplicationStore(ApiClient client, Informer informer, CurrentSettings settings, string controlNamespace)
{
    private readonly ConcurrentDictionary<NamespacedName, KubernetesObject> _written = new();

    public Application? TryGet(NamespacedName name)
    {
        if (informer.TryGet(name) is not { } watched)
        {
            _written.TryRemove(name, out _);
            return null;
        }

        var newest = _written.TryGetValue(name, out var written) && written.Uid == watched.Uid && Version(written) > Version(watched) ? written.DeepClone() : watched;
        return new Application(newest, controlNamespace, settings.Value);
    }

    public IReadOnlyList<NamespacedName> Names() => [.. informer.Snapshot().Select(entry => entry.Key)];

    public IEnumerable<Application> All() => Names().Select(TryGet).OfType<Application>();

    /// <summary>Sends a merge patch; gives the Application as stored, or null when it is gone.</summary>
    /// <exception cref="ApiException">The server refused it; a conflict means that somebody wrote in between.</exception>
    public async Task<Application?> PatchAsync(NamespacedName name, JsonObject patch, CancellationToken cancellationToken)
    {
        try
        {
            var body = Encoding.UTF8.GetBytes(patch.ToJsonString());
            var stored = await client.PatchAsync(ApiResource.Applications, name.Namespace, name.Name, PatchType.Merge, body, new PatchOptions { FieldManager = ObjectWriter.FieldManager }, cancellationToken);
            stored.Metadata.Remove("managedFields");
            _written[name] = stored;
            return new Application(stored.DeepClone(), controlNamespace, settings.Value);
        }
        catch (ApiException exception) when (exception.IsNotFound)
        {
            _written.TryRemove(name, out _);
            return null;
        }
    }

    private static ulong Version(KubernetesObject value) =>
        ulong.TryParse(value.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
