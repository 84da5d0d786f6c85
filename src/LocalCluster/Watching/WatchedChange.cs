using SecretsOps.LocalCluster.Selectors;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Watching;

/// <summary>A change as a watcher with a selector sees it: an object that comes to match is added, one that ceases to is deleted.</summary>
internal readonly record struct WatchedChange(string Type, StoredObject Object)
{
    internal static WatchedChange? Of(StoreEvent change, ObjectSelector selector)
    {
        var matched = change.Before is { } before && selector.Matches(before);
        var matches = !change.IsRemoval && selector.Matches(change.After);
        return (matched, matches) switch
        {
            (false, false) => null,
            (false, true) => new("ADDED", change.After),
            (true, true) => new("MODIFIED", change.After),
            (true, false) => new("DELETED", change.After),
        };
    }
}
