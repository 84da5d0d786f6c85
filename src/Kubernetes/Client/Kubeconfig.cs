using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client.Credentials;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Finds the way to a cluster as kubectl does: kubeconfig files, flags over them, a Pod's service account failing both.</summary>
public static class Kubeconfig
{
    /// <summary>Describes the connection that the options and files select.</summary>
    /// <exception cref="KubeconfigException">Nothing usable is configured; the message names the file and the remedy.</exception>
    public static ClusterConnection Load(KubeconfigOptions options)
    {
        var files = KubeconfigFiles.Read(options);
        if (files.Files.Count == 0 && options.Server.Length == 0 && InClusterConfiguration.TryLoad(options) is { } inCluster)
        {
            return inCluster with { Namespace = StripPrefix(options.Namespace) is { Length: > 0 } given ? given : inCluster.Namespace };
        }

        var context = FindContext(files, options);
        var cluster = Find(files, "cluster", FirstGiven(options.Cluster, context.Text("cluster")), context);
        var user = Find(files, "user", FirstGiven(options.User, context.Text("user")), context);
        return Connect(options, files, context, cluster, user);
    }

    /// <summary>Describes the connection of one cluster and one user given as kubeconfig's own fields; no file and no flag is looked at.</summary>
    /// <param name="place">What messages call the origin, such as <c>Secret/argocd/staging</c>.</param>
    /// <param name="cluster">The fields of a kubeconfig's <c>cluster</c>: <c>server</c>, <c>certificate-authority-data</c>, …</param>
    /// <param name="user">The fields of a kubeconfig's <c>user</c>: <c>token</c>, <c>client-certificate-data</c>, <c>exec</c>, …</param>
    /// <param name="options">The environment, the clock and the limits of requests.</param>
    /// <exception cref="KubeconfigException">A field cannot be used; the message names it.</exception>
    public static ClusterConnection Describe(string place, JsonObject cluster, JsonObject user, KubeconfigOptions options) =>
        Connect(options, new KubeconfigFiles(), ConfigEntry.Empty("context"), new ConfigEntry("cluster", place, place, cluster), new ConfigEntry("user", place, place, user));

    /// <summary>The namespace that the options and files select, without looking at cluster or user.</summary>
    public static string NamespaceOf(KubeconfigOptions options)
    {
        if (StripPrefix(options.Namespace) is { Length: > 0 } given)
        {
            return given;
        }

        var files = KubeconfigFiles.Read(options);
        if (files.Files.Count == 0)
        {
            return InClusterConfiguration.TryLoad(options)?.Namespace ?? "default";
        }

        var name = FirstGiven(options.Context, files.CurrentContext);
        return files.Find("context", name)?.Text("namespace") is { Length: > 0 } configured ? configured : "default";
    }

    private static ConfigEntry FindContext(KubeconfigFiles files, KubeconfigOptions options)
    {
        var name = FirstGiven(options.Context, files.CurrentContext);
        if (name.Length == 0)
        {
            return ConfigEntry.Empty("context");
        }

        return files.Find("context", name) ?? throw new KubeconfigException(
            $"{files.Describe()}: context '{name}' does not exist{Known(files, "context")}");
    }

    private static ConfigEntry Find(KubeconfigFiles files, string kind, string name, ConfigEntry context)
    {
        if (name.Length == 0)
        {
            return ConfigEntry.Empty(kind);
        }

        var why = context.Name.Length > 0 ? $" (named by context '{context.Name}')" : "";
        return files.Find(kind, name) ?? throw new KubeconfigException(
            $"{files.Describe()}: {kind} '{name}'{why} does not exist{Known(files, kind)}");
    }

    private static string Known(KubeconfigFiles files, string kind)
    {
        var names = files.Names(kind).Order(StringComparer.Ordinal).ToArray();
        return names.Length == 0 ? "" : $"; known are {string.Join(", ", names)}";
    }

    private static ClusterConnection Connect(
        KubeconfigOptions options, KubeconfigFiles files, ConfigEntry context, ConfigEntry cluster, ConfigEntry user)
    {
        var isServerGiven = options.Server.Length > 0;
        var skipsVerification = options.InsecureSkipTlsVerify ?? cluster.Flag("insecure-skip-tls-verify") ?? false;
        return new ClusterConnection
        {
            Server = ServerUri(FirstGiven(options.Server, cluster.Text("server")), files, cluster),
            CertificateAuthorities = skipsVerification ? null : Authorities(options, cluster),
            InsecureSkipTlsVerify = skipsVerification,
            TlsServerName = FirstGiven(options.TlsServerName, isServerGiven ? "" : cluster.Text("tls-server-name")),
            ClientCertificates = UserCertificate.Load(options, user),
            Credentials = UserCredentials.Load(options, user, cluster),
            Impersonation = Impersonated(options, user),
            Proxy = ProxyUri(FirstGiven(options.ProxyUrl, cluster.Text("proxy-url")), cluster),
            DisableCompression = options.DisableCompression ?? cluster.Flag("disable-compression") ?? false,
            RequestTimeout = options.RequestTimeout,
            Namespace = FirstGiven(StripPrefix(options.Namespace), context.Text("namespace"), "default"),
            UserAgent = options.UserAgent,
            TimeProvider = options.TimeProvider,
        };
    }

    private static Uri ServerUri(string server, KubeconfigFiles files, ConfigEntry cluster)
    {
        if (server.Length == 0)
        {
            throw new KubeconfigException(files.Files.Count == 0
                ? "no cluster is configured; set KUBECONFIG, pass --kubeconfig, or run inside a Pod"
                : $"{files.Describe()}: no cluster is selected; set current-context or pass --context");
        }

        var text = server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new KubeconfigException($"{cluster.Place}: server '{server}' is not an http or https URL");
    }

    private static Uri? ProxyUri(string proxy, ConfigEntry cluster)
    {
        if (proxy.Length == 0)
        {
            return null;
        }

        return Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri
            : throw new KubeconfigException($"{cluster.Place}: proxy-url must be an http, https or socks5 URL");
    }

    private static X509Certificate2Collection? Authorities(KubeconfigOptions options, ConfigEntry cluster)
    {
        var entry = options.CertificateAuthority.Length > 0
            ? ConfigEntry.Empty("cluster") with { Json = new() { ["certificate-authority"] = options.CertificateAuthority } }
            : cluster;
        return entry.DataOrFile("certificate-authority") is { } pem
            ? PemCertificates.ReadCertificates(pem, entry.SourceOf("certificate-authority"))
            : null;
    }

    private static Impersonation? Impersonated(KubeconfigOptions options, ConfigEntry user)
    {
        var name = FirstGiven(options.As, user.Text("as"));
        var uid = FirstGiven(options.AsUid, user.Text("as-uid"));
        var groups = options.AsGroups.Count > 0 ? options.AsGroups : user.Texts("as-groups");
        if (name.Length == 0)
        {
            return uid.Length == 0 && groups.Count == 0
                ? null
                : throw new KubeconfigException("acting as a group or UID needs a user name too; pass --as");
        }

        var extra = user.Section("as-user-extra")?.ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<string>)(pair.Value?.AsArray().Select(item => item?.ToString() ?? "").ToArray() ?? []));
        return new Impersonation { UserName = name, Uid = uid, Groups = groups, Extra = extra ?? [] };
    }

    private static string StripPrefix(string @namespace)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["ns/", "namespace/", "namespaces/"])
        {
            if (@namespace.StartsWith(prefix, StringComparison.Ordinal))
            {
                return @namespace[prefix.Length..];
            }
        }

        return @namespace;
    }

    private static string FirstGiven(params ReadOnlySpan<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Length > 0)
            {
                return candidate;
            }
        }

        return "";
    }
}
