using SecretsOps.Kubernetes.Client;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Every flag of kubeseal with its default (reference section 3.2).</summary>
internal sealed class KubesealFlags
{
    internal const string VariablePrefix = "SEALED_SECRETS_";

    private readonly PflagSet _set = new("kubeseal");

    internal KubesealFlags()
    {
        AddSealing();
        AddModes();
        AddConnection();
        AddLogging();
    }

    internal string Certificate { get; private set; } = "";

    internal string ControllerNamespace { get; private set; } = "kube-system";

    internal string ControllerName { get; private set; } = "sealed-secrets-controller";

    internal string Format { get; private set; } = "json";

    internal string SecretFile { get; private set; } = "";

    internal string SealedSecretFile { get; private set; } = "";

    internal string MergeInto { get; private set; } = "";

    internal string Name { get; private set; } = "";

    internal List<string> FromFile { get; } = [];

    internal List<string> RecoveryPrivateKeys { get; } = [];

    internal SealingScope Scope { get; private set; }

    /// <summary>The scope that the command line or its variable asked for; null where nobody did, and the input's annotations decide.</summary>
    internal SealingScope? GivenScope { get; private set; }

    internal bool FetchesCertificate { get; private set; }

    internal bool AllowsEmptyData { get; private set; }

    internal bool Validates { get; private set; }

    internal bool IsRaw { get; private set; }

    internal bool Reencrypts { get; private set; }

    internal bool Recovers { get; private set; }

    internal bool ShowsVersion { get; private set; }

    internal bool ShowsHelp { get; private set; }

    internal int Verbosity { get; private set; }

    internal KubeconfigOptions Connection { get; private set; } = new();

    /// <summary>Whether the user said <c>-o</c>, by flag or variable.</summary>
    internal bool IsFormatGiven { get; private set; }

    internal string Usage => _set.Describe();

    internal IReadOnlyList<string> Notices => _set.Notices;

    /// <summary>Whether there is a flag of that name.</summary>
    internal bool Has(string name) => _set.Has(name);

    /// <summary>Reads variables, then arguments; positional arguments are passed over, as upstream does.</summary>
    internal void Parse(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        _set.SetFromVariables(VariablePrefix, variable);
        _set.Parse(arguments);
    }

    private void AddSealing()
    {
        Text("cert", "certificate to seal with: a file, or an http, https or file URL. The cluster is not asked then", "", value => Certificate = value);
        Text("controller-namespace", "namespace of the controller", "kube-system", value => ControllerNamespace = value);
        Text("controller-name", "name of the controller's Service", "sealed-secrets-controller", value => ControllerName = value);
        Text("format", "output format: json or yaml", "json", SetFormat, 'o');
        Text("secret-file", "Secret to read instead of standard input", "", value => SecretFile = value, 'f');
        Text("sealed-secret-file", "file to write instead of standard output", "", value => SealedSecretFile = value, 'w');
        Text("name", "name of the sealed secret (required with --raw and the default scope)", "", value => Name = value);
        Texts("from-file", "with --raw: file that holds the value to seal; '[key=]path', the key is not used", FromFile);
        Add(new PflagFlag
        {
            Name = "scope",
            ValueName = "string",
            Default = "strict",
            Usage = "how far the sealed secret may be moved: strict, namespace-wide or cluster-wide",
            Set = SetScope,
        });
        Switch("allow-empty-data", "accept a Secret without data", value => AllowsEmptyData = value);
    }

    private void SetScope(string value)
    {
        Scope = SealingScopes.TryParse(value, out var scope) ? scope : throw new FormatException("must be one of: strict, namespace-wide, cluster-wide");
        GivenScope = value.Length > 0 ? scope : null;
    }

    private void AddModes()
    {
        Switch("fetch-cert", "print the controller's certificate; it may be given to --cert later", value => FetchesCertificate = value);
        Switch("validate", "ask the controller whether it can open the sealed secret", value => Validates = value);
        Text("merge-into", "add the sealed items to those of this sealed secret file", "", value => MergeInto = value);
        Switch("raw", "seal one value instead of a Secret", value => IsRaw = value);
        Switch("re-encrypt", "have the controller seal the sealed secret again with its newest key", value => Reencrypts = value);
        Switch("rotate", "", value => Reencrypts = value, deprecation: "please use --re-encrypt instead");
        Switch("recovery-unseal", "open a sealed secret with the private keys of --recovery-private-key", value => Recovers = value);
        Texts("recovery-private-key", "private key files for --recovery-unseal: PEM, a key Secret, or a List of them", RecoveryPrivateKeys);
        Switch("version", "print the version and leave", value => ShowsVersion = value);
        Switch("help", "print this and leave", value => ShowsHelp = value);
    }

    private void AddConnection()
    {
        Connect("kubeconfig", "kubeconfig file to use", (options, value) => options with { Path = value });
        Connect("namespace", "namespace of the secret", (options, value) => options with { Namespace = value }, 'n');
        Connect("context", "kubeconfig context to use", (options, value) => options with { Context = value });
        Connect("cluster", "kubeconfig cluster to use", (options, value) => options with { Cluster = value });
        Connect("user", "kubeconfig user to use", (options, value) => options with { User = value });
        Connect("server", "address of the API server", (options, value) => options with { Server = value });
        Connect("certificate-authority", "certificate file to trust for the API server", (options, value) => options with { CertificateAuthority = value });
        Connect("tls-server-name", "server name to check the API server's certificate against", (options, value) => options with { TlsServerName = value });
        Connect("proxy-url", "proxy to reach the API server through", (options, value) => options with { ProxyUrl = value });
        Connect("client-certificate", "client certificate file for TLS", (options, value) => options with { ClientCertificate = value });
        Connect("client-key", "client key file for TLS", (options, value) => options with { ClientKey = value });
        Connect("token", "bearer token for the API server", (options, value) => options with { Token = value });
        Connect("as", "user to act as", (options, value) => options with { As = value });
        Connect("as-uid", "UID to act as", (options, value) => options with { AsUid = value });
        Connect("as-group", "group to act as; may be repeated", (options, value) => options with { AsGroups = [.. options.AsGroups, value] });
        Connect("username", "user name for basic authentication", (options, value) => options with { UserName = value });
        Connect("password", "password for basic authentication", (options, value) => options with { Password = value });
        Text("request-timeout", "how long to wait for one request; 0 means without end", "0", value => Connection = Connection with { RequestTimeout = PflagValue.Timeout(value) });
        Switch("insecure-skip-tls-verify", "do not check the API server's certificate", value => Connection = Connection with { InsecureSkipTlsVerify = value });
        Switch("disable-compression", "do not compress answers of the API server", value => Connection = Connection with { DisableCompression = value });
    }

    // klog's flags: accepted as upstream accepts them. Only -v has an effect here: it traces requests.
    private void AddLogging()
    {
        Text("v", "log level; 6 and above trace requests", "0", value => Verbosity = PflagValue.Number(value), 'v');
        foreach (var name in (ReadOnlySpan<string>)["add_dir_header", "alsologtostderr", "logtostderr", "one_output", "skip_headers", "skip_log_headers"])
        {
            Switch(name, "accepted for compatibility", static _ => { });
        }

        foreach (var name in (ReadOnlySpan<string>)["log_backtrace_at", "log_dir", "log_file", "log_file_max_size", "stderrthreshold", "vmodule"])
        {
            Text(name, "accepted for compatibility", "", static _ => { });
        }
    }

    private void SetFormat(string value)
    {
        Format = value;
        IsFormatGiven = true;
    }

    private void Connect(string name, string usage, Func<KubeconfigOptions, string, KubeconfigOptions> set, char? shorthand = null) =>
        Text(name, usage, "", value => Connection = set(Connection, value), shorthand);

    private void Text(string name, string usage, string @default, Action<string> set, char? shorthand = null) =>
        Add(new PflagFlag { Name = name, Shorthand = shorthand, ValueName = "string", Default = @default.Length == 0 ? "" : $"\"{@default}\"", Usage = usage, Set = set });

    private void Texts(string name, string usage, List<string> values) =>
        Add(new PflagFlag { Name = name, ValueName = "strings", Usage = usage, Set = value => values.AddRange(PflagValue.Texts(value)) });

    private void Switch(string name, string usage, Action<bool> set, string? deprecation = null) =>
        Add(new PflagFlag { Name = name, Usage = usage, ValueWhenAlone = "true", Deprecation = deprecation, Set = value => set(PflagValue.Switch(value)) });

    private void Add(PflagFlag flag) => _set.Add(flag);
}
