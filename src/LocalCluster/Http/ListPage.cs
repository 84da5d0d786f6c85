using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>One chunk of a list and the token for the next, empty at the end.</summary>
internal sealed record ListPage(List<StoredObject> Items, string Continue)
{
    /// <summary>The list's metadata as JSON.</summary>
    internal string Metadata(string revision) => Continue.Length == 0
        ? $$"""{"resourceVersion":"{{revision}}"}"""
        : $$"""{"resourceVersion":"{{revision}}","continue":"{{Continue}}"}""";
}
