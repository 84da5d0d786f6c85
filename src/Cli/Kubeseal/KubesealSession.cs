using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>One run of kubeseal: its flags, its streams, and how it reads and writes.</summary>
internal sealed class KubesealSession(KubesealFlags flags, CliEnvironment environment)
{
    private const string ResourceNote = "(tty detected: expecting json/yaml k8s resource in stdin)\n";
    internal const string ValueNote = "(tty detected: expecting a secret to encrypt in stdin)\n";

    private readonly List<byte[]> _documents = [];

    internal KubesealFlags Flags => flags;

    internal CliEnvironment Environment => environment;

    /// <summary>Where the cluster is and as whom to speak.</summary>
    internal KubeconfigOptions Connection => environment.Complete(flags.Connection) with { UserAgent = "kubeseal" };

    /// <summary>Opens the way to the controller.</summary>
    internal ControllerProxy OpenController() => new(new ControllerAddress(Connection, flags.ControllerNamespace, flags.ControllerName), Trace);

    /// <summary>The namespace for input that names none: flag, kubeconfig, service account, <c>default</c>.</summary>
    internal string DefaultNamespace() => Kubeconfig.NamespaceOf(Connection);

    /// <summary>The namespace that <c>-n</c> gave, or empty.</summary>
    internal string GivenNamespace() => flags.Connection.Namespace.Length == 0 ? "" : DefaultNamespace();

    /// <exception cref="KubesealException">The format is neither JSON nor YAML.</exception>
    internal void CheckFormat()
    {
        if (flags.Format.ToLowerInvariant() is not ("json" or "yaml"))
        {
            throw new KubesealException($"unsupported output format: {flags.Format}");
        }
    }

    /// <summary>Reads <c>-f</c> or standard input whole.</summary>
    internal byte[] ReadInput(string terminalNote = ResourceNote)
    {
        if (flags.SecretFile.Length == 0)
        {
            if (environment.IsInputTerminal)
            {
                environment.PrintError(terminalNote);
            }

            return TextEncoding.ToUtf8(ReadAll(environment.Input));
        }

        try
        {
            return TextEncoding.ToUtf8(ReadFile(flags.SecretFile));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new KubesealException("Could not read file specified with --secret-file", unreadable);
        }
    }

    /// <summary>Reads a file that the user named.</summary>
    internal byte[] ReadFile(string path) =>
        path is "/dev/stdin" or "-" ? ReadAll(environment.Input) : File.ReadAllBytes(environment.PathOf(path));

    /// <summary>The documents of the input that are not empty.</summary>
    internal static IEnumerable<YamlDocument> Documents(byte[] input) =>
        ManifestReader.ReadDocuments(input, "input", DuplicateKeys.LastWins).Where(document => document.Root is not null);

    /// <summary>Adds an object to the output, in the output's format.</summary>
    internal void Add(KubernetesObject @object) => _documents.Add(Format(@object));

    /// <summary>Writes what was added.</summary>
    internal void Flush() => WriteOutput([.. _documents.SelectMany(document => document)]);

    /// <summary>Writes bytes as they are to <c>-w</c> or standard output.</summary>
    internal void WriteOutput(ReadOnlySpan<byte> bytes)
    {
        if (flags.SealedSecretFile.Length == 0)
        {
            environment.Output.Write(bytes);
            environment.Output.Flush();
        }
        else
        {
            AtomicFile.Write(environment.PathOf(flags.SealedSecretFile), bytes);
        }
    }

    private void Trace(string request)
    {
        if (flags.Verbosity >= 6)
        {
            environment.PrintError(request);
        }
    }

    private byte[] Format(KubernetesObject @object) => IsYaml(flags.SealedSecretFile)
        ? [.. "---\n"u8, .. YamlText.FromJson(@object.Json)]
        : GoJson.Indented(@object.Json);

    private bool IsYaml(string outputFile) =>
        Path.GetExtension(outputFile) is ".yaml" or ".yml" || flags.Format.Equals("yaml", StringComparison.OrdinalIgnoreCase);

    private static byte[] ReadAll(Stream stream)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
