using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Webhooks;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Webhooks;

public sealed class WebhookReaderTests
{
    private const string Shared = "sh4red";
    private const string Commits = """[{"added": ["apps/a/new.yaml"], "modified": ["apps/a/x.yaml"], "removed": []}, {"added": [], "modified": ["docs/b.md"], "removed": ["old"]}]""";

    private readonly WebhookSecrets _secrets = new();

    public WebhookReaderTests()
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, "argocd", "argocd-secret");
        var data = new JsonObject();
        foreach (var key in new[] { "github", "gitlab", "gogs", "gitea", "bitbucketserver", "generic" })
        {
            data[$"webhook.{key}.secret"] = Base64(Shared);
        }

        (data["webhook.azuredevops.username"], data["webhook.azuredevops.password"]) = (Base64("ado"), Base64(Shared));
        data["webhook.bitbucket.uuid"] = Base64("{0-1}");
        secret.Json["data"] = data;
        _secrets.Replace(secret);
    }

    /// <summary>The sender's headers and body; SIGNATURE stands for the HMAC of the body.</summary>
    public static TheoryData<string, string, string, bool> Pushes() => new()
    {
        { "X-GitHub-Event: push|X-Hub-Signature-256: sha256=SIGNATURE", $$"""{"ref": "refs/heads/main", "repository": {"clone_url": "https://git.example.com/org/repo.git", "ssh_url": "git@git.example.com:org/repo.git"}, "commits": {{Commits}}}""", "https://git.example.com/org/repo.git", true },
        { "X-Gitlab-Event: Push Hook|X-Gitlab-Token: sh4red", $$"""{"ref": "refs/heads/main", "project": {"git_http_url": "https://git.example.com/org/repo.git", "git_ssh_url": "git@git.example.com:org/repo.git"}, "commits": {{Commits}}}""", "git@git.example.com:org/repo.git", true },
        { "X-Hook-UUID: {0-1}|X-Event-Key: repo:push", """{"push": {"changes": []}, "repository": {"links": {"html": {"href": "https://bitbucket.org/org/repo"}}}}""", "https://bitbucket.org/org/repo", false },
        { "X-Event-Key: repo:refs_changed|X-Hub-Signature: sha256=SIGNATURE", """{"repository": {"links": {"clone": [{"href": "ssh://git@bb.example.com:7999/org/repo.git", "name": "ssh"}]}}}""", "https://bb.example.com/org/repo.git", false },
        { "X-Vss-ActivityId: 1|Authorization: Basic YWRvOnNoNHJlZA==", """{"eventType": "git.push", "resource": {"repository": {"remoteUrl": "https://dev.azure.com/org/project/_git/repo"}}}""", "git@ssh.dev.azure.com:v3/org/project/repo", false },
        { "X-Vss-ActivityId: 1|Authorization: Basic YWRvOnNoNHJlZA==", """{"eventType": "git.push", "resource": {"repository": {"remoteUrl": "https://org@dev.azure.com/org/project/_git/repo"}}}""", "https://dev.azure.com/org/project/_git/repo", false },
        { "X-Gitea-Event: push|X-Gogs-Event: push|X-GitHub-Event: push|X-Gitea-Signature: SIGNATURE", $$"""{"repository": {"clone_url": "https://gitea.example.com/org/repo.git"}, "commits": {{Commits}}}""", "https://gitea.example.com/org/repo", true },
        { "X-Gogs-Event: push|X-Gogs-Signature: SIGNATURE", $$"""{"repository": {"html_url": "https://gogs.example.com/org/repo"}, "commits": {{Commits}}}""", "ssh://git@gogs.example.com/org/repo.git", true },
        { "X-Signature-256: sha256=SIGNATURE", """{"repoURL": "https://git.example.com/org/repo", "files": ["apps/a/x.yaml"]}""", "https://git.example.com/org/repo.git", true },
        { "Authorization: Bearer sh4red", """{"repoURL": "https://git.example.com/org/repo"}""", "https://git.example.com/org/repo", false },
    };

    [Theory]
    [MemberData(nameof(Pushes))]
    public void W03_a_push_with_its_proof_names_repository_and_files(string headers, string body, string address, bool listsFiles)
    {
        var (pushed, reply) = Read(headers, body);

        Assert.Equal(WebhookVerdict.Accepted, reply.Verdict);
        Assert.Contains(pushed!.Addresses, given => GitOps.Sources.RepositoryUrl.IsSame(given, address));
        Assert.Equal(listsFiles, pushed.Files?.Contains("apps/a/x.yaml") ?? false);
    }

    [Theory]
    [MemberData(nameof(Pushes))]
    public void W03_a_push_with_a_wrong_proof_is_refused_whoever_sends_it(string headers, string body, string address, bool listsFiles)
    {
        var wrong = headers.Replace("SIGNATURE", new string('0', 64), StringComparison.Ordinal).Replace("sh4red", "guess", StringComparison.Ordinal).Replace("YWRvOnNoNHJlZA==", "YWRvOmd1ZXNz", StringComparison.Ordinal).Replace("{0-1}", "{0-2}", StringComparison.Ordinal);

        var (pushed, reply) = Read(wrong, body);

        Assert.True(pushed is null, $"a push to {address} (files: {listsFiles}) was believed");
        Assert.Equal(WebhookVerdict.Refused, reply.Verdict);
        Assert.DoesNotContain(Shared, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_configured_secret_nobody_is_believed()
    {
        _secrets.Replace(null);

        Assert.Equal(WebhookVerdict.Refused, Read("X-Gitlab-Event: Push Hook|X-Gitlab-Token: ", "{}").Reply.Verdict);
        Assert.Equal(WebhookVerdict.Refused, Read("Authorization: Bearer ", "{}").Reply.Verdict);
    }

    [Theory]
    [InlineData("X-GitHub-Event: ping|X-Hub-Signature-256: sha256=SIGNATURE", "{}", WebhookVerdict.Ignored)]
    [InlineData("X-GitHub-Event: push|X-Hub-Signature-256: sha256=SIGNATURE", "[1, 2", WebhookVerdict.Malformed)]
    [InlineData("X-GitHub-Event: push|X-Hub-Signature-256: sha256=SIGNATURE", "{}", WebhookVerdict.Malformed)]
    public void What_is_no_push_is_told_apart(string headers, string body, WebhookVerdict expected) => Assert.Equal(expected, Read(headers, body).Reply.Verdict);

    [Theory]
    [InlineData("apps/a", "", "apps/a/x.yaml", true)]
    [InlineData("apps/a", "", "apps/ab/x.yaml", false)]
    [InlineData("apps/a", ".", "apps/a/x.yaml", true)]
    [InlineData("apps/a", "../base", "apps/base/x.yaml", true)]
    [InlineData("apps/a", "../base", "apps/a/x.yaml", false)]
    [InlineData("apps/a", "/shared;.", "shared/x.yaml", true)]
    [InlineData("apps/a", "/shared/*.yaml", "shared/x.yaml", true)]
    [InlineData("apps/a", "/shared/*.yaml", "shared/deep/x.yaml", false)]
    [InlineData(".", "", "anything", true)]
    public void W04_the_paths_of_an_application_say_what_concerns_it(string path, string paths, string file, bool expected)
    {
        var value = new KubernetesObject(ApiResource.Applications.Gvk, "argocd", "web");
        value.Json["spec"] = new JsonObject { ["source"] = new JsonObject { ["repoURL"] = "r", ["path"] = path } };
        value.SetAnnotation("argocd.argoproj.io/manifest-generate-paths", paths.Length == 0 ? null : paths);
        var application = new Application(value, "argocd");

        Assert.Equal(expected, ConcernedApplications.MayConcern(application, url => url == "r", [file]));
        Assert.True(ConcernedApplications.MayConcern(application, _ => true, null));
        Assert.False(ConcernedApplications.MayConcern(application, _ => false, null));
    }

    private (WebhookEvent? Event, WebhookReply Reply) Read(string headers, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Shared), bytes));
        var given = headers.Replace("SIGNATURE", signature, StringComparison.Ordinal).Split('|').ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..].Trim(), StringComparer.OrdinalIgnoreCase);
        return new WebhookReader(_secrets).Read(new WebhookRequest(name => given.GetValueOrDefault(name, ""), bytes));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
