using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Authorization;
using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Authentication;

/// <summary>Lets a user who may do so act as another: kubectl's <c>--as</c> and <c>--as-group</c>.</summary>
internal sealed class Impersonation(RbacAuthorizer authorizer)
{
    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>The user to act as: the impersonated one, or the requester where none is named.</summary>
    /// <exception cref="StatusException">The requester may not.</exception>
    internal ClusterUser Apply(HttpRequest request, ClusterUser requester)
    {
        var name = request.Headers["Impersonate-User"].ToString();
        string[] groups = [.. request.Headers["Impersonate-Group"].Select(group => group ?? "")];
        if (name.Length == 0)
        {
            return groups.Length == 0 ? requester : throw ApiErrors.BadRequest("requested groups without impersonating a user");
        }

        var impersonated = Identify(name, groups) with { Uid = request.Headers["Impersonate-Uid"].ToString() };
        var kind = name.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) ? "serviceaccounts" : "users";
        Demand(requester, kind, name);
        foreach (var group in groups)
        {
            Demand(requester, "groups", group);
        }

        return impersonated;
    }

    private static ClusterUser Identify(string name, string[] groups)
    {
        if (name == ClusterUser.Anonymous.Name)
        {
            return ClusterUser.Anonymous;
        }

        var account = name.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) ? name[ServiceAccountPrefix.Length..].Split(':') : [];
        return account.Length == 2 && groups.Length == 0
            ? ClusterUser.ServiceAccount(account[0], account[1], "")
            : ClusterUser.Authenticated(name, groups.Where(group => group != ClusterUser.AuthenticatedGroup));
    }

    private void Demand(ClusterUser requester, string resource, string name)
    {
        if (!authorizer.Allows(requester, new("impersonate", "", resource, "", "", name)))
        {
            throw ApiErrors.Forbidden($"{resource} \"{name}\" is forbidden: User \"{requester.Name}\" cannot impersonate resource \"{resource}\" in API group \"\" at the cluster scope");
        }
    }
}
