using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Sources;

/// <summary>How one repository is reached on behalf of one project.</summary>
/// <param name="Url">The address, as the source writes it.</param>
/// <param name="Id">The Secrets that the credentials come from, or empty: local copies made with different rights are kept apart.</param>
/// <param name="Kind"><c>git</c>, <c>helm</c>, <c>oci</c>, or empty where no Secret says.</param>
/// <param name="Credentials">What the Secrets say.</param>
internal sealed record RepositoryAccess(string Url, string Id, string Kind, RepositoryCredentials Credentials)
{
    public static RepositoryAccess Anonymous(string url) => new(url, "", "", RepositoryCredentials.None);

    /// <summary>What polls and local copies are shared by: one repository, however its address is spelled, with the same rights.</summary>
    public string Key => Id.Length == 0 ? RepositoryUrl.Identity(Url) : $"{RepositoryUrl.Identity(Url)} {Id}";

    /// <summary>The address only.</summary>
    public override string ToString() => RepositoryUrl.Redact(Url);
}

/// <summary>Knows the repository Secrets, the templates of credentials, known hosts and certificates of servers.</summary>
internal sealed class RepositoryRegistry
{
    /// <summary>The ConfigMap whose <c>ssh_known_hosts</c> lists the keys of ssh servers.</summary>
    public const string KnownHostsMap = "argocd-ssh-known-hosts-cm";

    /// <summary>The ConfigMap that has a certificate for each https server, by host.</summary>
    public const string CertificatesMap = "argocd-tls-certs-cm";

    private volatile Known _known = new([], [], "", []);

    /// <summary>Takes the Secrets there are now.</summary>
    public void ReplaceSecrets(IEnumerable<KubernetesObject> secrets)
    {
        List<RepositorySecret> read = [.. secrets.Select(RepositorySecret.TryRead).OfType<RepositorySecret>().OrderBy(secret => secret.Id, StringComparer.Ordinal)];
        _known = _known with
        {
            Repositories = [.. read.Where(secret => !secret.IsTemplate)],
            Templates = [.. read.Where(secret => secret.IsTemplate).OrderByDescending(secret => RepositoryUrl.Normalize(secret.Url).Length)],
        };
    }

    /// <summary>Takes the known hosts of ssh and the certificates of https servers, by host.</summary>
    public void ReplaceTrust(string knownHosts, JsonObject certificates) => _known = _known with
    {
        KnownHosts = knownHosts,
        Certificates = certificates.ToDictionary(entry => entry.Key.ToLowerInvariant(), entry => entry.Value?.ToString() ?? "", StringComparer.Ordinal),
    };

    /// <summary>How a project reaches a repository: by its own Secret, else by one for all, else by the template with the longest prefix.</summary>
    public RepositoryAccess For(string url, string project)
    {
        var known = _known;
        var normal = RepositoryUrl.Normalize(url);
        var own = Choose(known.Repositories.Where(secret => RepositoryUrl.Normalize(secret.Url) == normal), project);
        var template = own is { Credentials.ProvesIdentity: true }
            ? null
            : Choose(known.Templates.Where(secret => normal.StartsWith(RepositoryUrl.Normalize(secret.Url), StringComparison.Ordinal)), project);
        var credentials = own?.Credentials ?? RepositoryCredentials.None;
        credentials = template is null ? credentials : credentials.WithTemplate(template.Credentials);
        credentials = credentials with { KnownHosts = known.KnownHosts, CertificateAuthority = CertificateFor(url, known) };
        return new RepositoryAccess(url, string.Join('+', new[] { own?.Id, template?.Id }.OfType<string>()), own?.Kind ?? template?.Kind ?? "", credentials);
    }

    /// <summary>Whether a Secret makes a repository a project's own.</summary>
    public bool IsOwn(string url, string project) =>
        _known.Repositories.Any(secret => secret.Project == project && project.Length > 0 && RepositoryUrl.Normalize(secret.Url) == RepositoryUrl.Normalize(url));

    /// <summary>The address behind <c>@name</c> or <c>alias:name</c>, which mean the Helm repository whose Secret has that name; any other address as it is.</summary>
    /// <exception cref="SourceException">No Secret that the project may use has the name.</exception>
    public string Expand(string repository, string project)
    {
        var name = repository.StartsWith('@') ? repository[1..] : repository.StartsWith("alias:", StringComparison.Ordinal) ? repository["alias:".Length..] : "";
        return name.Length == 0
            ? repository
            : Choose(_known.Repositories.Where(secret => secret.Name == name), project)?.Url
                ?? throw new SourceException($"no repository Secret is named '{name}', which a chart's dependency refers to as '{repository}'");
    }

    private static RepositorySecret? Choose(IEnumerable<RepositorySecret> candidates, string project)
    {
        var usable = candidates.Where(secret => secret.Project.Length == 0 || secret.Project == project).ToList();
        return usable.FirstOrDefault(secret => secret.Project.Length > 0) ?? usable.FirstOrDefault();
    }

    // Argo CD's keys are host names; a port may be part of what a person writes.
    private static string CertificateFor(string url, Known known) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "oci"
            ? known.Certificates.GetValueOrDefault(uri.Authority.ToLowerInvariant()) ?? known.Certificates.GetValueOrDefault(uri.Host.ToLowerInvariant()) ?? ""
            : "";

    private sealed record Known(
        IReadOnlyList<RepositorySecret> Repositories, IReadOnlyList<RepositorySecret> Templates, string KnownHosts, IReadOnlyDictionary<string, string> Certificates)
    {
        public Known(IReadOnlyList<RepositorySecret> repositories, IReadOnlyList<RepositorySecret> templates, string knownHosts, Dictionary<string, string> certificates)
            : this(repositories, templates, knownHosts, (IReadOnlyDictionary<string, string>)certificates)
        {
        }
    }
}
