using System.Collections.Concurrent;

namespace SecretsOps.LocalCluster.Proxying;

/// <summary>Which process of this machine stands behind which Service.</summary>
internal sealed class ServiceRegistrations
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), Uri> _addresses = new();

    internal void Set(string @namespace, string name, Uri address) => _addresses[(@namespace, name)] = address;

    internal Uri? Find(string @namespace, string name) => _addresses.GetValueOrDefault((@namespace, name));
}
