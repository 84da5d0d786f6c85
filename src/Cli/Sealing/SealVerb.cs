using System.CommandLine;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Reads Secrets, seals them for every certificate, writes one output each.</summary>
internal sealed class SealVerb(SealVerb.Options options, ParseResult parsed, CliEnvironment environment)
{
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var certificates = await options.Certificate.ReadAllAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
        var paths = parsed.GetRequiredValue(options.Files);
        var isStandardInput = paths.Length == 0 || paths is ["-"];
        var files = isStandardInput ? [("-", "stdin.yaml")] : ManifestFiles.Expand(paths, environment);
        using var progress = new Progress(environment, "sealing", files.Count);
        var count = 0;
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            count += SealFile(file.Path, file.Relative, certificates, files.Count);
            progress.Step();
        }

        return count > 0
            ? (int)CliExitCode.Success
            : throw new CliException("no Secret found in the input", "expected objects of kind Secret in YAML or JSON");
    }

    private int SealFile(string path, string relative, IReadOnlyList<(string Name, SealingCertificate Certificate)> certificates, int fileCount)
    {
        var input = path == "-" ? ReadStandardInput() : File.ReadAllBytes(path);
        var documents = ManifestReader.ReadDocuments(TextEncoding.ToUtf8(input), path, DuplicateKeys.LastWins);
        var secrets = documents.Select(document => document.Root).OfType<JsonObject>().SelectMany(Items).Where(IsSecret).ToArray();
        if (secrets.Length == 0)
        {
            return 0;
        }

        foreach (var (name, certificate) in certificates)
        {
            var text = secrets.SelectMany(secret => Seal(secret, certificate, path)).ToArray();
            Write(text, path, relative, name, certificates.Count, fileCount, secrets.Length);
        }

        return secrets.Length;
    }

    private byte[] Seal(JsonObject json, SealingCertificate certificate, string path)
    {
        using var secret = PlainSecret.Read(new KubernetesObject((JsonObject)json.DeepClone()));
        Complete(secret, path);
        var note = parsed.GetValue(options.OmitFingerprint) ? FingerprintNote.Omit : FingerprintNote.Record;
        var scope = parsed.GetValue(options.Scope) is { } given ? ParseScope(given) : (SealingScope?)null;
        var result = Sealer.Seal(secret, certificate, new SealOptions { Scope = scope, Fingerprint = note });
        return IsJson ? GoJson.Indented(result.Json) : [.. "---\n"u8, .. YamlText.FromJson(result.Json)];
    }

    private void Complete(PlainSecret secret, string path)
    {
        if (parsed.GetValue(options.Name) is { Length: > 0 } name)
        {
            secret.Metadata["name"] = name;
        }

        if (secret.Name.Length == 0)
        {
            throw new CliException($"a Secret in '{path}' has no metadata.name", "name it in the file or with --name");
        }

        if (secret.Data.Count == 0 && !parsed.GetValue(options.AllowEmptyData))
        {
            throw new CliException($"Secret '{secret.Name}' in '{path}' has no data", "--allow-empty-data seals it all the same");
        }

        var given = options.Connection.GivenNamespace(parsed);
        if (given.Length > 0 && secret.Namespace.Length > 0 && given != secret.Namespace)
        {
            throw new CliException($"Secret '{secret.Name}' in '{path}' is in namespace '{secret.Namespace}', not '{given}'", "leave out --namespace, or correct the file");
        }

        if (secret.Namespace.Length == 0)
        {
            SetNamespace(secret);
        }
    }

    private void SetNamespace(PlainSecret secret)
    {
        var scope = parsed.GetValue(options.Scope) is { } text ? ParseScope(text) : SealingScopes.Of(secret.Metadata);
        if (scope != SealingScope.ClusterWide)
        {
            secret.Metadata.Insert(1, "namespace", Kubeconfig.NamespaceOf(options.Connection.Connection(parsed, environment)));
        }
    }

    private void Write(byte[] text, string path, string relative, string cluster, int certificateCount, int fileCount, int secretCount)
    {
        var target = OutputPath.For(parsed.GetValue(options.Output) ?? "", path, relative, cluster, certificateCount > 1, fileCount > 1);
        if (target is null)
        {
            environment.Output.Write(text);
            return;
        }

        var absolute = environment.PathOf(target);
        if (!parsed.GetValue(options.DryRun))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(absolute)!);
            AtomicFile.Write(absolute, text);
        }

        var verb = parsed.GetValue(options.DryRun) ? "would seal" : "sealed";
        environment.PrintError($"{verb} {relative} -> {target} ({secretCount} secret{(secretCount == 1 ? "" : "s")})\n");
    }

    private bool IsJson => string.Equals(parsed.GetValue(options.Format), "json", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<JsonObject> Items(JsonObject json) =>
        json["items"] is JsonArray items && json["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true ? items.OfType<JsonObject>() : [json];

    private static bool IsSecret(JsonObject json) => json["kind"]?.ToString() == "Secret";

    internal static SealingScope ParseScope(string text) => SealingScopes.TryParse(text, out var scope)
        ? scope
        : throw new CliException($"'{text}' is no scope", "one of strict, namespace-wide, cluster-wide", CliExitCode.Usage);

    private byte[] ReadStandardInput()
    {
        if (environment.IsInputTerminal)
        {
            environment.PrintError("reading a Secret from the terminal; end it with Ctrl-D\n");
        }

        using var buffer = new MemoryStream();
        environment.Input.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>What the command line offers.</summary>
    internal sealed class Options(CertificateOption certificate, ConnectionOptions connection)
    {
        internal CertificateOption Certificate { get; } = certificate;

        internal ConnectionOptions Connection { get; } = connection;

        internal Argument<string[]> Files { get; } = new("file") { Description = "Files, directories or patterns ('-' or nothing: standard input)", Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = _ => [] };

        internal Option<string?> Scope { get; } = new("--scope") { Description = "How far the result may be moved: strict, namespace-wide, cluster-wide (default: what the Secret's annotations say)", HelpName = "scope" };

        internal Option<string?> Name { get; } = new("--name") { Description = "Name for the Secret", HelpName = "name" };

        internal Option<string?> Format { get; } = new("--format", "-o") { Description = "Output format: yaml or json", HelpName = "format", DefaultValueFactory = _ => "yaml" };

        internal Option<string?> Output { get; } = new("--output", "-w") { Description = "File, or directory for several, to write (default: standard output for one file, FILE.sealed.yaml beside each for several)", HelpName = "path" };

        internal Option<bool> AllowEmptyData { get; } = new("--allow-empty-data") { Description = "Seal a Secret that has no data" };

        internal Option<bool> OmitFingerprint { get; } = new("--omit-fingerprint") { Description = "Do not note the sealing key's fingerprint on the result" };

        internal Option<bool> DryRun { get; } = new("--dry-run") { Description = "Say what would be written, write nothing" };
    }
}
