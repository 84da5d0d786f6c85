using SecretsOps.Kubernetes.Client;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>How many SealedSecrets of the cluster say that they need each key: what the controller wrote into their status, else what sealing noted on them.</summary>
internal sealed class KeyDependants
{
    private readonly IReadOnlyDictionary<string, int>? _counts;

    private KeyDependants(IReadOnlyDictionary<string, int>? counts, string note) => (_counts, Note) = (counts, note);

    /// <summary>A line about what the counts leave out, or nothing.</summary>
    internal string Note { get; }

    /// <summary>Counts over all namespaces; a user who may not list them gets no counts.</summary>
    internal static async Task<KeyDependants> CountAsync(ApiClient client, CancellationToken cancellationToken)
    {
        try
        {
            var all = await client.ListAsync(ApiResource.SealedSecrets, "", ListOptions.All, cancellationToken).ConfigureAwait(false);
            var hints = all.Items.Select(item => new SealedSecret(item).KeyHints).ToArray();
            var unknown = hints.Count(hint => hint.Count == 0);
            return new(
                hints.SelectMany(hint => hint.Distinct(StringComparer.Ordinal)).CountBy(fingerprint => fingerprint, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
                unknown == 0 ? "" : $"{unknown} SealedSecret{(unknown == 1 ? " does" : "s do")} not say which key opens {(unknown == 1 ? "it" : "them")}\n");
        }
        catch (ApiException refused)
        {
            return new(null, $"dependants are not shown: {refused.Message}\n");
        }
    }

    /// <summary>The column of a key.</summary>
    internal string Of(string? fingerprint) =>
        _counts is null || fingerprint is null ? "" : $"  {_counts.GetValueOrDefault(fingerprint)} dependant{(_counts.GetValueOrDefault(fingerprint) == 1 ? "" : "s")}";
}
