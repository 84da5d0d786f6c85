using System.Globalization;
using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Watching;

/// <summary>Where a watch begins, by <c>resourceVersion</c> and <c>sendInitialEvents</c> as upstream's table of them has it.</summary>
internal sealed record WatchStart(long Revision, bool IsFromNow, bool SendsInitialState, bool IsInitialStateMarked, bool WantsBookmarks)
{
    /// <exception cref="StatusException">The parameters do not go together.</exception>
    internal static WatchStart Parse(ResourceRequest request)
    {
        var revision = request.Query("resourceVersion");
        if (!long.TryParse(revision.Length == 0 ? "0" : revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw ApiErrors.BadRequest($"resourceVersion: Invalid value: \"{revision}\": strconv.ParseUint: parsing \"{revision}\": invalid syntax");
        }

        var wantsBookmarks = request.IsAsked("allowWatchBookmarks");
        var initial = request.Query("sendInitialEvents");
        if (initial.Length == 0)
        {
            return new(number, IsFromNow: number == 0, SendsInitialState: number == 0, IsInitialStateMarked: false, wantsBookmarks);
        }

        if (request.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw ApiErrors.BadRequest("resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        return request.IsAsked("sendInitialEvents")
            ? new(number, IsFromNow: true, SendsInitialState: true, IsInitialStateMarked: wantsBookmarks, wantsBookmarks)
            : new(number, IsFromNow: number == 0, SendsInitialState: false, IsInitialStateMarked: false, wantsBookmarks);
    }
}
