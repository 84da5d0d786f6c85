using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Authentication;

/// <summary>Tells who makes a request: by client certificate, by token, or nobody.</summary>
internal sealed class Authenticator(X509Certificate2 authority, ServiceAccountTokens tokens)
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>The user of a request.</summary>
    /// <exception cref="StatusException">A token was given and is not valid.</exception>
    internal async Task<ClusterUser> AuthenticateAsync(HttpContext context)
    {
        if (await context.Connection.GetClientCertificateAsync(context.RequestAborted) is { } certificate)
        {
            return FromCertificate(certificate);
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return tokens.TryAuthenticate(authorization[BearerPrefix.Length..].Trim(), [])?.User ?? throw ApiErrors.Unauthorized();
        }

        return ClusterUser.Anonymous;
    }

    /// <summary>Whether this cluster's authority signed a certificate that is meant for clients.</summary>
    internal bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }

    private static ClusterUser FromCertificate(X509Certificate2 certificate)
    {
        var (name, groups) = ("", new List<string>());
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            switch (part.GetSingleElementType().Value)
            {
                case "2.5.4.3":
                    name = part.GetSingleElementValue() ?? "";
                    break;
                case "2.5.4.10":
                    groups.Add(part.GetSingleElementValue() ?? "");
                    break;
            }
        }

        return ClusterUser.Authenticated(name, groups);
    }
}
