namespace SecretsOps.LocalCluster.Authentication;

/// <summary>Who makes a request.</summary>
internal sealed record ClusterUser(string Name, IReadOnlyList<string> Groups)
{
    internal const string AuthenticatedGroup = "system:authenticated";

    /// <summary>The group that may do everything, whatever roles say.</summary>
    internal const string MastersGroup = "system:masters";

    internal static ClusterUser Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    internal string Uid { get; init; } = "";

    internal IReadOnlyDictionary<string, string[]> Extra { get; init; } = new Dictionary<string, string[]>();

    internal bool MayDoEverything => Groups.Contains(MastersGroup);

    internal static ClusterUser Authenticated(string name, IEnumerable<string> groups) => new(name, [.. groups, AuthenticatedGroup]);

    /// <summary>A service account, with the groups that come with it.</summary>
    internal static ClusterUser ServiceAccount(string @namespace, string name, string uid) =>
        Authenticated($"system:serviceaccount:{@namespace}:{name}", ["system:serviceaccounts", $"system:serviceaccounts:{@namespace}"]) with { Uid = uid };
}
