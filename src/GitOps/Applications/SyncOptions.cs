using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applications;

/// <summary>Sync options as they are written: <c>Name=value</c>. An object's annotation is asked first, then the Application.</summary>
internal sealed class SyncOptions(IEnumerable<string> options)
{
    private readonly HashSet<string> _options = [.. options.Select(option => option.Trim())];

    public bool CreatesNamespace => Has("CreateNamespace=true");

    public bool OnlyOutOfSync => Has("ApplyOutOfSyncOnly=true");

    public bool FailsOnSharedResource => Has("FailOnSharedResource=true");

    public bool RespectsIgnoreDifferences => Has("RespectIgnoreDifferences=true");

    public bool Has(string option) => _options.Contains(option);

    /// <summary>The options with others added: those of an operation.</summary>
    public SyncOptions With(IEnumerable<string> more) => new(_options.Concat(more));

    /// <summary>The value behind <c>Name=</c> for an object: its own word, else the Application's, else empty.</summary>
    public string ValueFor(KubernetesObject value, string name) => OwnValue(value, name) ?? Value(_options, name) ?? "";

    public bool IsSetFor(KubernetesObject value, string name) => ValueFor(value, name) == "true";

    /// <summary>The value on the object alone, or null.</summary>
    public static string? OwnValue(KubernetesObject value, string name) =>
        Value(value.Annotation(Annotations.SyncOptions)?.Split(',', StringSplitOptions.TrimEntries) ?? [], name);

    private static string? Value(IEnumerable<string> options, string name) =>
        options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
