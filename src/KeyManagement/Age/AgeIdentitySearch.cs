using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age;

/// <summary>What all sources gave for one recipient, and why some gave nothing.</summary>
internal sealed record AgeIdentitySearch(IReadOnlyList<AgeIdentity> Identities, IReadOnlyList<string> Errors, IReadOnlyList<string> EmptyLocations)
{
    /// <summary>The sentences that follow a refusal; each begins with a space.</summary>
    public string Explanation
    {
        get
        {
            var errors = Errors.Count == 0 ? "" : $" Errors while loading age identities: {string.Join("; ", Errors)}.";
            return EmptyLocations.Count == 0 ? errors : $"{errors} Did not find keys in locations {Enumerate(EmptyLocations)}.";
        }
    }

    /// <summary>Asks every source; one that fails is remembered and the others still count.</summary>
    public static async Task<AgeIdentitySearch> RunAsync(IReadOnlyList<AgeIdentitySource> sources, string recipient, CancellationToken cancellationToken)
    {
        List<AgeIdentity> identities = [];
        List<string> errors = [];
        List<string> empty = [];
        foreach (var source in sources)
        {
            try
            {
                var loaded = await source.LoadAsync(recipient, cancellationToken).ConfigureAwait(false);
                identities.AddRange(loaded ?? []);
                if (loaded is null && !(source.IsLastResort && identities.Count > 0))
                {
                    empty.Add(source.Location);
                }
            }
            catch (AgeException refused)
            {
                errors.Add(refused.Message);
            }
        }

        return new(identities, errors, empty);
    }

    private static string Enumerate(IReadOnlyList<string> locations) => locations.Count == 1
        ? $"'{locations[0]}'"
        : $"{string.Join(", ", locations.SkipLast(1).Select(location => $"'{location}'"))}{(locations.Count > 2 ? "," : "")} and '{locations[^1]}'";
}
