using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Authorization;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.Reviews;

/// <summary>Answers the kinds that are questions: may I, may they, who am I, whose token is this.</summary>
internal sealed class ReviewEndpoints(RbacAuthorizer authorizer, ServiceAccountTokens tokens)
{
    internal async Task CreateAsync(ResourceRequest request)
    {
        var review = await RequestBody.ReadObjectAsync(request.Context.Request, request.Aborted);
        ObjectIdentity.Check(request.Kind, request.Info.Namespace, review);
        review["status"] = request.Kind.Gvk.Kind switch
        {
            "SelfSubjectAccessReview" => Access(request.User, review["spec"]),
            "SubjectAccessReview" or "LocalSubjectAccessReview" => Access(SubjectOf(review["spec"]), review["spec"]),
            "SelfSubjectRulesReview" => Rules(request.User, review.Text("spec", "namespace")),
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = InfoOf(request.User) },
            "TokenReview" => Token(review["spec"]),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
        await JsonResponse.WriteAsync(request.Context, 201, review);
    }

    private JsonObject Access(ClusterUser user, JsonNode? spec)
    {
        var isAllowed = authorizer.Allows(user, QuestionOf(spec));
        var status = new JsonObject { ["allowed"] = isAllowed };
        if (isAllowed && !user.MayDoEverything)
        {
            status["reason"] = "RBAC: allowed by a role that is bound to the user";
        }

        return status;
    }

    private static AccessQuestion QuestionOf(JsonNode? spec)
    {
        if (spec.Find("nonResourceAttributes") is { } path)
        {
            return AccessQuestion.ForPath(path.Text("verb"), path.Text("path"));
        }

        var asked = spec.Find("resourceAttributes") ?? throw ApiErrors.BadRequest("spec: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        return new(asked.Text("verb"), asked.Text("group"), asked.Text("resource"), asked.Text("subresource"), asked.Text("namespace"), asked.Text("name"));
    }

    private static ClusterUser SubjectOf(JsonNode? spec) =>
        new(spec.Text("user"), [.. spec.Items("groups").Select(group => group.Text())]) { Uid = spec.Text("uid") };

    private JsonObject Rules(ClusterUser user, string @namespace)
    {
        var rules = authorizer.RulesFor(user, @namespace).ToList();
        if (user.MayDoEverything)
        {
            rules.Add(new(new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") }));
            rules.Add(new(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") }));
        }

        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(rule => !rule.IsForPaths).Select(rule => rule.Json.DeepClone())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(rule => rule.IsForPaths).Select(rule => rule.Json.DeepClone())]),
            ["incomplete"] = false,
        };
    }

    private JsonObject Token(JsonNode? spec)
    {
        string[] audiences = [.. spec.Items("audiences").Select(audience => audience.Text())];
        return tokens.TryAuthenticate(spec.Text("token"), audiences) is { } found
            ? new() { ["authenticated"] = true, ["user"] = InfoOf(found.User), ["audiences"] = Words(found.Audiences) }
            : new() { ["authenticated"] = false, ["error"] = "invalid bearer token" };
    }

    private static JsonObject InfoOf(ClusterUser user)
    {
        var info = new JsonObject { ["username"] = user.Name, ["groups"] = Words(user.Groups) };
        if (user.Uid.Length > 0)
        {
            info["uid"] = user.Uid;
        }

        return info;
    }

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
