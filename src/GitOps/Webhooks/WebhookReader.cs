using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Webhooks;

/// <summary>Recognises a sender by its headers, checks its proof, and only then reads what it says.</summary>
internal sealed class WebhookReader(WebhookSecrets secrets)
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64 };

    /// <summary>The event, or null with the reason.</summary>
    public (WebhookEvent? Event, WebhookReply Reply) Read(WebhookRequest request)
    {
        var sender = Sender.All.FirstOrDefault(candidate => request.Header(candidate.Header).Length > 0) ?? Sender.Generic;
        if (!sender.IsProven(secrets, request))
        {
            return (null, new WebhookReply(WebhookVerdict.Refused, $"{sender.Name}: the proof is missing or does not fit; put the shared secret into Secret {WebhookSecrets.SecretName}, key {sender.SecretKey}"));
        }

        if (!sender.Events.Contains(request.Header(sender.Header)) && sender.Events.Count > 0)
        {
            return (null, new WebhookReply(WebhookVerdict.Ignored, $"{sender.Name}: '{request.Header(sender.Header)}' is no push"));
        }

        try
        {
            var body = JsonNode.Parse(request.Body.Span, documentOptions: Limits) as JsonObject;
            var read = body is null ? null : sender.Read(body);
            return read is { Addresses.Count: > 0 }
                ? (read, new WebhookReply(WebhookVerdict.Accepted, $"{sender.Name}: push to {string.Join(", ", read.Addresses)}"))
                : (null, new WebhookReply(WebhookVerdict.Malformed, $"{sender.Name}: the body names no repository"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, new WebhookReply(WebhookVerdict.Malformed, $"{sender.Name}: the body is not the JSON of a push"));
        }
    }

    /// <summary>One Git service: how it names its events, how it proves itself and where its payload says what.</summary>
    private sealed record Sender(string Name, string Header, IReadOnlyList<string> Events, string SecretKey, Func<WebhookSecrets, WebhookRequest, string, bool> Proof, Func<JsonObject, WebhookEvent> Read)
    {
        public static readonly Sender Generic = new("generic", "", [], "webhook.generic.secret", IsGeneric, ReadGeneric);

        // Gitea sends GitHub's and Gogs' headers too: it is asked for first.
        public static readonly IReadOnlyList<Sender> All =
        [
            new("Gitea", "X-Gitea-Event", ["push", "create", "delete"], "webhook.gitea.secret", Signed("X-Gitea-Signature", "webhook.gogs.secret"), ReadGitHub),
            new("Gogs", "X-Gogs-Event", ["push", "create", "delete"], "webhook.gogs.secret", Signed("X-Gogs-Signature"), ReadGitHub),
            new("GitHub", "X-GitHub-Event", ["push"], "webhook.github.secret", Signed("X-Hub-Signature-256"), ReadGitHub),
            new("GitLab", "X-Gitlab-Event", ["Push Hook", "Tag Push Hook", "System Hook"], "webhook.gitlab.secret", Word("X-Gitlab-Token"), ReadGitLab),
            new("Azure DevOps", "X-Vss-ActivityId", [], "webhook.azuredevops.password", IsBasic, ReadAzure),
            new("Bitbucket", "X-Hook-UUID", [], "webhook.bitbucket.uuid", Word("X-Hook-UUID"), ReadBitbucket),
            new("Bitbucket Server", "X-Event-Key", ["repo:refs_changed", "repo:push"], "webhook.bitbucketserver.secret", Signed("X-Hub-Signature"), ReadBitbucket),
        ];

        public bool IsProven(WebhookSecrets secrets, WebhookRequest request) => Proof(secrets, request, SecretKey);

        private static Func<WebhookSecrets, WebhookRequest, string, bool> Signed(string header, string otherKey = "") => (secrets, request, key) =>
            secrets.IsSignature(key, request.Header(header), request.Body.Span) || (otherKey.Length > 0 && secrets.IsSignature(otherKey, request.Header(header), request.Body.Span));

        private static Func<WebhookSecrets, WebhookRequest, string, bool> Word(string header) => (secrets, request, key) => secrets.IsWord(key, request.Header(header));

        // A service hook of Azure DevOps logs in with a name and a password.
        private static bool IsBasic(WebhookSecrets secrets, WebhookRequest request, string key)
        {
            const string scheme = "Basic ";
            var authorization = request.Header("Authorization");
            return authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
                && secrets.IsLogin("webhook.azuredevops.username", key, authorization[scheme.Length..].Trim());
        }

        private static bool IsGeneric(WebhookSecrets secrets, WebhookRequest request, string key)
        {
            const string scheme = "Bearer ";
            var authorization = request.Header("Authorization");
            return secrets.IsSignature(key, request.Header("X-Signature-256"), request.Body.Span)
                || (authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && secrets.IsWord(key, authorization[scheme.Length..].Trim()));
        }

        private static WebhookEvent ReadGitHub(JsonObject body)
        {
            var repository = body["repository"] as JsonObject ?? [];
            return new WebhookEvent(Texts(repository, "clone_url", "ssh_url", "git_url", "html_url"), Files(body));
        }

        private static WebhookEvent ReadGitLab(JsonObject body)
        {
            var project = body["project"] as JsonObject ?? body["repository"] as JsonObject ?? [];
            return new WebhookEvent(Texts(project, "git_http_url", "git_ssh_url", "http_url", "ssh_url", "web_url"), Files(body));
        }

        // Neither of the two Bitbuckets lists files.
        private static WebhookEvent ReadBitbucket(JsonObject body)
        {
            var links = (body["repository"] as JsonObject)?["links"] as JsonObject ?? [];
            var clones = links.ObjectsAt("clone").Select(link => link.TextAt("href"));
            var pages = links["html"] is JsonObject page ? [page.TextAt("href")] : Array.Empty<string>();
            return new WebhookEvent([.. clones.Concat(pages).Where(address => address.Length > 0)], null);
        }

        // It lists no files, and gives the https address alone: Applications may read the same repository by ssh.
        private static WebhookEvent ReadAzure(JsonObject body)
        {
            var resource = body.TextAt("eventType") == "git.push" ? body["resource"] as JsonObject ?? [] : [];
            var addresses = Texts(resource["repository"] as JsonObject ?? [], "remoteUrl").ToList();
            if (addresses.Count > 0 && Uri.TryCreate(addresses[0], UriKind.Absolute, out var uri) && uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var organization, var project, "_git", var name])
            {
                addresses.Add($"git@ssh.{uri.Host}:v3/{organization}/{project}/{name}");
            }

            return new WebhookEvent(addresses, null);
        }

        private static WebhookEvent ReadGeneric(JsonObject body) =>
            new([.. Texts(body, "repoURL", "url").Concat(body.TextsAt("repoURLs"))], body["files"] is JsonArray ? body.TextsAt("files") : null);

        // A list of commits that was cut short, or that is empty (a new branch, a force push), does not say what changed.
        private static IReadOnlyList<string>? Files(JsonObject body)
        {
            const int mostCommitsListed = 20;
            var commits = body.ObjectsAt("commits").ToList();
            var isWhole = commits.Count is > 0 and < mostCommitsListed && !body.FlagAt("forced") && !body.FlagAt("created");
            return isWhole ? [.. commits.SelectMany(commit => commit.TextsAt("added").Concat(commit.TextsAt("modified")).Concat(commit.TextsAt("removed"))).Distinct(StringComparer.Ordinal)] : null;
        }

        private static IReadOnlyList<string> Texts(JsonObject json, params string[] names) => [.. names.Select(json.TextAt).Where(text => text.Length > 0)];
    }
}
