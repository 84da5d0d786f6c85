using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Hosting;

/// <summary>Which namespaces to watch: the empty name means all.</summary>
internal static class WatchedNamespaces
{
    /// <summary>Own and additional ones when there are additional ones, else own or all.</summary>
    public static IReadOnlyList<string> Of(ReconcileOptions options, string ownNamespace) =>
        options.AdditionalNamespaces.Count > 0 ? [.. options.AdditionalNamespaces.Append(ownNamespace).Distinct(StringComparer.Ordinal)]
        : options.AllNamespaces ? [""]
        : [ownNamespace];
}
