using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Authorization;

/// <summary>One rule of a Role or ClusterRole.</summary>
internal sealed class PolicyRule(JsonObject rule)
{
    internal JsonObject Json { get; } = rule;

    internal bool IsForPaths => Words("nonResourceURLs").Any();

    internal bool Allows(AccessQuestion question) =>
        Matches("verbs", question.Verb)
        && (question.Path.Length > 0 ? Words("nonResourceURLs").Any(pattern => MatchesPath(pattern, question.Path)) : AllowsResource(question));

    private bool AllowsResource(AccessQuestion question) =>
        Matches("apiGroups", question.Group)
        && Words("resources").Any(resource => MatchesResource(resource, question))
        && (!Words("resourceNames").Any() || (question.Name.Length > 0 && Words("resourceNames").Contains(question.Name)));

    private static bool MatchesResource(string resource, AccessQuestion question) =>
        resource == "*"
        || resource == question.ResourceWithSubresource
        || (question.Subresource.Length > 0 && resource == $"*/{question.Subresource}");

    private static bool MatchesPath(string pattern, string path) =>
        pattern == path || (pattern.EndsWith('*') && path.StartsWith(pattern[..^1], StringComparison.Ordinal));

    private bool Matches(string list, string wanted) => Words(list).Any(word => word == "*" || word == wanted);

    private IEnumerable<string> Words(string list) => (Json[list] as JsonArray ?? []).Select(word => word?.GetValue<string>() ?? "");
}
