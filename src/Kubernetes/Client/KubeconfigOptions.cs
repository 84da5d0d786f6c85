namespace SecretsOps.Kubernetes.Client;

/// <summary>Where to find a kubeconfig, and what overrides it: kubectl's connection flags.</summary>
public sealed record KubeconfigOptions
{
    /// <summary><c>--kubeconfig</c>: this file and no other; or empty.</summary>
    public string Path { get; init; } = "";

    /// <summary>The value of <c>KUBECONFIG</c>: a list of files, the first to say something wins; or empty.</summary>
    public string KubeconfigVariable { get; init; } = "";

    /// <summary>The directory that holds <c>.kube/config</c>; or empty.</summary>
    public string HomeDirectory { get; init; } = "";

    /// <summary><c>--context</c>, or empty.</summary>
    public string Context { get; init; } = "";

    /// <summary><c>--cluster</c>, or empty.</summary>
    public string Cluster { get; init; } = "";

    /// <summary><c>--user</c>, or empty.</summary>
    public string User { get; init; } = "";

    /// <summary><c>--server</c>, or empty.</summary>
    public string Server { get; init; } = "";

    /// <summary><c>--namespace</c>, or empty; kubectl's <c>ns/</c>, <c>namespace/</c> and <c>namespaces/</c> prefixes are accepted.</summary>
    public string Namespace { get; init; } = "";

    /// <summary><c>--certificate-authority</c>: a file, or empty.</summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary><c>--insecure-skip-tls-verify</c>; null leaves the kubeconfig's word.</summary>
    public bool? InsecureSkipTlsVerify { get; init; }

    /// <summary><c>--tls-server-name</c>, or empty.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary><c>--proxy-url</c>, or empty.</summary>
    public string ProxyUrl { get; init; } = "";

    /// <summary><c>--disable-compression</c>; null leaves the kubeconfig's word.</summary>
    public bool? DisableCompression { get; init; }

    /// <summary><c>--client-certificate</c>: a file, or empty.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary><c>--client-key</c>: a file, or empty.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary><c>--token</c>, or empty.</summary>
    public string Token { get; init; } = "";

    /// <summary><c>--as</c>, or empty.</summary>
    public string As { get; init; } = "";

    /// <summary><c>--as-uid</c>, or empty.</summary>
    public string AsUid { get; init; } = "";

    /// <summary><c>--as-group</c>, each time it was given.</summary>
    public IReadOnlyList<string> AsGroups { get; init; } = [];

    /// <summary><c>--username</c>, or empty.</summary>
    public string UserName { get; init; } = "";

    /// <summary><c>--password</c>, or empty.</summary>
    public string Password { get; init; } = "";

    /// <summary><c>--request-timeout</c>; zero means none.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary>The client's name on the server's side.</summary>
    public string UserAgent { get; init; } = "secretsops";

    /// <summary>The directory of a Pod's service account.</summary>
    public string ServiceAccountDirectory { get; init; } = InClusterConfiguration.DefaultDirectory;

    /// <summary>Environment variables by name; exec plugins and in-cluster configuration read them.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = _ => null;

    /// <summary>Clock of expiry and back-off.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The options of an executable that reads its own environment.</summary>
    public static KubeconfigOptions FromEnvironment() => new()
    {
        KubeconfigVariable = Environment.GetEnvironmentVariable("KUBECONFIG") ?? "",
        HomeDirectory = Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        EnvironmentVariable = Environment.GetEnvironmentVariable,
    };

    /// <summary>Prints no credentials.</summary>
    public override string ToString() => Path.Length > 0 ? Path : KubeconfigVariable;
}
