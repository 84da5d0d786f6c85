using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Projects;

/// <summary>What an AppProject allows: sources, destinations and kinds. A denial always wins.</summary>
internal sealed class ProjectRules(string name, JsonObject spec)
{
    public string Name { get; } = name;

    public JsonObject Spec => spec;

    /// <summary>Whether only clusters whose Secret names this project may be used.</summary>
    public bool OnlyOwnClusters => spec.FlagAt("permitOnlyProjectScopedClusters");

    /// <summary>Who must have signed the commits of a repository; null where nobody asks.</summary>
    public SignaturePolicy? SignaturesFor(string url)
    {
        if (((spec["sourceIntegrity"] as JsonObject)?["git"] as JsonObject)?["policies"] is JsonArray { Count: > 0 } policies)
        {
            var gpg = policies.OfType<JsonObject>().FirstOrDefault(policy => policy.ObjectsAt("repos").Any(repository => Covers(repository.TextAt("url"), url)))?["gpg"] as JsonObject;
            return gpg is null || gpg.TextAt("mode") is "none" ? null : new SignaturePolicy(gpg.TextsAt("keys"), gpg.TextAt("mode") == "strict");
        }

        List<string> keys = [.. spec.ObjectsAt("signatureKeys").Select(key => key.TextAt("keyID"))];
        return keys.Count == 0 ? null : new SignaturePolicy(keys, IsStrict: false);
    }

    public bool PermitsSource(string url) =>
        Permits(spec.TextsAt("sourceRepos"), pattern => Covers(pattern, url));

    /// <summary>Whether a namespace of a cluster may be deployed to; a cluster is known by address and by name.</summary>
    public bool PermitsDestination(string server, string clusterName, string @namespace)
    {
        var entries = spec.ObjectsAt("destinations").ToList();
        var isDenied = entries.Any(entry =>
            (entry.TextAt("server").StartsWith('!') && Matches(entry.TextAt("server")[1..], server) && Matches(entry.TextAt("namespace"), @namespace))
            || (entry.TextAt("name").StartsWith('!') && Matches(entry.TextAt("name")[1..], clusterName) && Matches(entry.TextAt("namespace"), @namespace))
            || (entry.TextAt("namespace").StartsWith('!') && MatchesCluster(entry, server, clusterName) && Matches(entry.TextAt("namespace")[1..], @namespace)));
        return !isDenied && entries.Any(entry => MatchesCluster(entry, server, clusterName) && Matches(entry.TextAt("namespace"), @namespace));
    }

    /// <summary>Whether Applications in a namespace may use the project.</summary>
    public bool PermitsApplicationsIn(string @namespace, string controlNamespace) =>
        @namespace == controlNamespace || spec.TextsAt("sourceNamespaces").Any(pattern => GlobPattern.IsMatch(pattern, @namespace));

    public bool PermitsKind(ObjectKey key, bool isNamespaced)
    {
        if (!isNamespaced)
        {
            return spec.ObjectsAt("clusterResourceWhitelist").Any(entry => MatchesKind(entry, key) && MatchesName(entry, key))
                && !spec.ObjectsAt("clusterResourceBlacklist").Any(entry => MatchesKind(entry, key) && MatchesName(entry, key));
        }

        // Compatibility: no whitelist allows every namespaced kind, an empty one allows none.
        var isAllowed = spec["namespaceResourceWhitelist"] is not JsonArray || spec.ObjectsAt("namespaceResourceWhitelist").Any(entry => MatchesKind(entry, key));
        return isAllowed && !spec.ObjectsAt("namespaceResourceBlacklist").Any(entry => MatchesKind(entry, key));
    }

    /// <summary>Whether objects that no Application tracks are looked for.</summary>
    public bool MonitorsOrphans => spec["orphanedResources"] is JsonObject;

    /// <summary>Whether they are worth a warning; Argo CD takes silence for no.</summary>
    public bool WarnsOfOrphans => spec["orphanedResources"] is JsonObject orphans && orphans.FlagAt("warn");

    public bool IgnoresOrphan(ObjectKey key) => spec["orphanedResources"] is JsonObject orphans
        && orphans.ObjectsAt("ignore").Any(entry => IsEmptyOr(entry.TextAt("group"), key.Group) && IsEmptyOr(entry.TextAt("kind"), key.Kind) && IsEmptyOr(entry.TextAt("name"), key.Name));

    /// <summary>The windows that concern an Application.</summary>
    public IEnumerable<SyncWindow> WindowsOf(Application application, string server, string clusterName) =>
        spec.ObjectsAt("syncWindows").Select(entry => new SyncWindow(entry)).Where(window => window.Concerns(application, server, clusterName));

    /// <summary>Why a task may not be done, or null: its kind, or the namespace it reaches into, is not allowed.</summary>
    public string? Refusal(SyncTask task, string server, string clusterName)
    {
        var isNamespaced = (task.Target?.Resource ?? task.Live?.Resource)?.IsNamespaced ?? task.Key.Namespace.Length > 0;
        if (task.Target?.IsManagedNamespace != true && !PermitsKind(task.Key, isNamespaced))
        {
            return $"resource {task.Key.Group}/{task.Key.Kind} is not permitted in project {Name}.";
        }

        return isNamespaced && task.Key.Namespace.Length > 0 && !PermitsDestination(server, clusterName, task.Key.Namespace)
            ? $"namespace {task.Key.Namespace} is not permitted in project '{Name}'"
            : null;
    }

    /// <summary>The service account to act as in a destination, or empty where none is set.</summary>
    public string ServiceAccountFor(string server, string @namespace)
    {
        var entry = spec.ObjectsAt("destinationServiceAccounts").FirstOrDefault(entry => GlobPattern.IsMatch(entry.TextAt("server"), server) && GlobPattern.IsMatch(entry.TextAt("namespace"), @namespace));
        var account = entry?.TextAt("defaultServiceAccount") ?? "";
        return account.Length == 0 ? "" : account.Contains(':', StringComparison.Ordinal) ? $"system:serviceaccount:{account}" : $"system:serviceaccount:{@namespace}:{account}";
    }

    private static bool IsEmptyOr(string pattern, string text) => pattern.Length == 0 || GlobPattern.IsMatch(pattern, text);
    private static bool Covers(string pattern, string url) => pattern == "*" || GlobPattern.IsMatch(RepositoryUrl.Normalize(pattern), RepositoryUrl.Normalize(url), GlobSeparator.Slash);

    private static bool Permits(IReadOnlyList<string> patterns, Func<string, bool> matches) =>
        !patterns.Any(pattern => pattern.StartsWith('!') && matches(pattern[1..])) && patterns.Any(pattern => !pattern.StartsWith('!') && matches(pattern));

    private static bool MatchesCluster(JsonObject entry, string server, string clusterName) =>
        (entry.TextAt("server").Length > 0 && Matches(entry.TextAt("server"), server)) || (entry.TextAt("name").Length > 0 && Matches(entry.TextAt("name"), clusterName));

    private static bool Matches(string pattern, string text) => !pattern.StartsWith('!') && GlobPattern.IsMatch(pattern, text);

    private static bool MatchesKind(JsonObject entry, ObjectKey key) =>
        GlobPattern.IsMatch(entry.TextAt("group"), key.Group) && GlobPattern.IsMatch(entry.TextAt("kind"), key.Kind);

    private static bool MatchesName(JsonObject entry, ObjectKey key) =>
        entry.TextAt("name").Length == 0 || GlobPattern.IsMatch(entry.TextAt("name"), key.Name);
}

/// <summary>Which keys count, and whether every commit since the last sync must be signed or the synced one alone.</summary>
internal sealed record SignaturePolicy(IReadOnlyList<string> Keys, bool IsStrict);
