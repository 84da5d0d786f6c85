using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Authorization;

/// <summary>Answers from Roles, ClusterRoles and their bindings; the group <c>system:masters</c> needs none.</summary>
internal sealed class RbacAuthorizer(ObjectStore store)
{
    private const string Group = "rbac.authorization.k8s.io/";

    internal bool Allows(ClusterUser user, AccessQuestion question) =>
        user.MayDoEverything || RulesFor(user, question.Namespace).Any(rule => rule.Allows(question));

    /// <summary>Every rule that holds for a user in a namespace (or, without one, in the cluster).</summary>
    internal IEnumerable<PolicyRule> RulesFor(ClusterUser user, string @namespace)
    {
        var state = store.State;
        var clusterWide = state.Of(Group + "clusterrolebindings").Values;
        var local = state.Of(Group + "rolebindings").Values.Where(binding => @namespace.Length > 0 && binding.Key.Namespace == @namespace);
        return clusterWide.Concat(local)
            .Select(Read)
            .Where(binding => (binding["subjects"] as JsonArray ?? []).Any(subject => Names(subject!, user)))
            .SelectMany(binding => RulesOf(state, binding["roleRef"]!, @namespace));
    }

    private static bool Names(JsonNode subject, ClusterUser user)
    {
        var name = Text(subject, "name");
        return Text(subject, "kind") switch
        {
            "User" => user.Name == name,
            "Group" => user.Groups.Contains(name),
            "ServiceAccount" => user.Name == $"system:serviceaccount:{Text(subject, "namespace")}:{name}",
            _ => false,
        };
    }

    private static IEnumerable<PolicyRule> RulesOf(StoreState state, JsonNode role, string @namespace)
    {
        var key = Text(role, "kind") == "ClusterRole"
            ? new StorageKey(Group + "clusterroles", "", Text(role, "name"))
            : new StorageKey(Group + "roles", @namespace, Text(role, "name"));
        var rules = state.Find(key) is { } stored ? Read(stored)["rules"] as JsonArray : null;
        return (rules ?? []).OfType<JsonObject>().Select(rule => new PolicyRule(rule));
    }

    private static JsonNode Read(StoredObject stored) => JsonNode.Parse(stored.Json.Span)!;

    private static string Text(JsonNode node, string name) => node[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
