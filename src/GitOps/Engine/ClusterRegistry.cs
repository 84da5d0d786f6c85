using System.Collections.Concurrent;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.GitOps.Clusters;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>A destination that was found: the cluster, what Applications call it, and the project it is kept for.</summary>
internal sealed record ClusterMatch(DestinationCluster? Cluster, string Name, string Project, string Problem);

/// <summary>Finds the cluster that a destination means; one connection and one set of watches for each, however many Applications use it.</summary>
internal sealed class ClusterRegistry(DestinationCluster local, KeyedDigest digest, Func<string, ClusterConnection, ClusterScope, DestinationCluster> open, TimeProvider clock, Func<string, string?> environment) : IDisposable
{
    public const string LocalName = "in-cluster";

    private readonly ConcurrentDictionary<string, Entry> _byServer = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public IReadOnlyList<DestinationCluster> All => [local, .. _byServer.Values.Where(entry => entry.Opened.IsValueCreated && entry.Opened.Value.Cluster is { } cluster && cluster != local).Select(entry => entry.Opened.Value.Cluster!)];

    /// <summary>The destinations as generators see them, by name; the local one stands first where no Secret describes it.</summary>
    public IReadOnlyList<KnownCluster> Known
    {
        get
        {
            List<KnownCluster> described = [.. _byServer.Values.Select(entry => entry.Secret.Describe()).OrderBy(cluster => cluster.Name, StringComparer.Ordinal)];
            return described.Any(cluster => IsLocal(cluster.Server))
                ? described
                : [new KnownCluster { Name = LocalName, Server = Destination.InClusterServer, HasSecret = false }, .. described];
        }
    }

    /// <summary>Takes the cluster Secrets there are now; connections of those that changed or went are closed. True when anything changed.</summary>
    public bool Replace(IEnumerable<KubernetesObject> secrets)
    {
        lock (_lock)
        {
            var wanted = secrets.Select(secret => new ClusterSecret(secret)).Where(secret => secret.Server.Length > 0 && !secret.IsSkipped)
                .OrderBy(secret => secret.ToString(), StringComparer.Ordinal).DistinctBy(secret => secret.Server).ToDictionary(secret => secret.Server, StringComparer.Ordinal);
            var hasChanged = false;
            foreach (var server in _byServer.Keys.Where(server => !wanted.ContainsKey(server)))
            {
                hasChanged |= Close(server);
            }

            foreach (var secret in wanted.Values)
            {
                hasChanged |= Put(secret);
            }

            return hasChanged;
        }
    }

    /// <summary>The cluster, or a sentence that says why there is none.</summary>
    public ClusterMatch Find(Destination destination)
    {
        if (destination.Server.Length > 0 && destination.Name.Length > 0)
        {
            return Nothing($"application destination can't have both name and server defined: {destination.Name} {destination.Server}");
        }

        if (destination.Server.Length == 0 && destination.Name.Length == 0)
        {
            return Nothing("Destination server missing from app spec");
        }

        var server = destination.Server.TrimEnd('/');
        var named = _byServer.Values.Where(entry => destination.Name.Length > 0 ? entry.Secret.Name == destination.Name : entry.Secret.Server == server).ToList();
        return named switch
        {
            [var one] => one.Opened.Value with { Name = one.Secret.Name, Project = one.Secret.Project },
            [_, _, ..] => Nothing($"there are {named.Count} clusters with the same name: '{destination.Name}'; use destination.server"),
            _ when destination.Name == LocalName || IsLocal(server) => new ClusterMatch(local, LocalName, "", ""),
            _ => Nothing($"cluster '{(destination.Name.Length > 0 ? destination.Name : destination.Server)}' is not known: add a Secret labelled argocd.argoproj.io/secret-type=cluster"),
        };
    }

    public void Dispose()
    {
        foreach (var server in _byServer.Keys)
        {
            Close(server);
        }

        local.Dispose();
    }

    private bool Put(ClusterSecret secret)
    {
        var fingerprint = secret.Fingerprint(digest);
        if (_byServer.TryGetValue(secret.Server, out var before))
        {
            if (before.Fingerprint == fingerprint)
            {
                // Labels may have changed: generators see them, connections need not know.
                _byServer[secret.Server] = before with { Secret = secret };
                return true;
            }

            Close(secret.Server);
        }

        _byServer[secret.Server] = new Entry(secret, fingerprint, new Lazy<ClusterMatch>(() => Open(secret)));
        return true;
    }

    private ClusterMatch Open(ClusterSecret secret)
    {
        if (IsLocal(secret.Server))
        {
            return new ClusterMatch(local, secret.Name, secret.Project, "");
        }

        try
        {
            var scope = new ClusterScope(secret.Namespaces, secret.ManagesClusterResources);
            return new ClusterMatch(open(secret.Server, secret.Connect(clock, environment), scope), secret.Name, secret.Project, "");
        }
        catch (KubeconfigException exception)
        {
            return Nothing($"cluster '{secret.Name}' cannot be used: {exception.Message}");
        }
    }

    private bool Close(string server)
    {
        if (!_byServer.TryRemove(server, out var entry))
        {
            return false;
        }

        if (entry.Opened.IsValueCreated && entry.Opened.Value.Cluster is { } cluster && cluster != local)
        {
            cluster.Dispose();
            cluster.Client.Dispose();
        }

        return true;
    }

    // The address by which this process itself reaches its cluster means that cluster too.
    private bool IsLocal(string server) => server == Destination.InClusterServer || server == local.Client.Connection.Server.ToString().TrimEnd('/');

    private static ClusterMatch Nothing(string problem) => new(null, "", "", problem);

    private sealed record Entry(ClusterSecret Secret, string Fingerprint, Lazy<ClusterMatch> Opened);
}
