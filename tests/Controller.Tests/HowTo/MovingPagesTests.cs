using System.Text.Json.Nodes;

using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Controller.Tests.Reconcilers;
using SecretsOps.Cryptography.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Controller.Tests.HowTo;

/// <summary>docs/how-to/move-from-sops-secrets-operator.md and move-from-flux-decryption.md, each step.</summary>
[Collection(BareCollection.Name)]
public sealed class MovingPagesTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task From_sops_secrets_operator()
    {
        const string Page = "move-from-sops-secrets-operator";
        var (ownNamespace, operators, shop) = (await _cluster.CreateNamespaceAsync("controller"), await _cluster.CreateNamespaceAsync("sops"), await _cluster.CreateNamespaceAsync("shop"));
        using var run = new HowToRun(Page, _cluster);
        run.Actual.AddRange([("-n secretsops", $"-n {ownNamespace}"), ("-n sops ", $"-n {operators} "), ("-n shop", $"-n {shop}"), ("namespace: shop", $"namespace: {shop}")]);
        run.Variables["RECIPIENT"] = WriteIdentity(run, "keys.txt");
        run.Variables["SHOP_RECIPIENT"] = WriteIdentity(run, "shop.txt");
        await _cluster.CreateAsync(new ApiResource("apps", "v1", "Deployment", "deployments", true), Deployment(operators));
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, SopsSecretTests.Options([shop]), waitUntilReady: false);
        Assert.Equal(["1.", "2.", "3.", "4.", "5."], HowToRun.Headings(Page).Select(heading => heading[..2]));

        await run.FollowAsync("1.");
        await run.FollowAsync("2.");
        await run.FollowAsync("3.");
        await run.FollowAsync("4.");
        await _cluster.SecretBecomesAsync(shop, "db-password", "password", "change-me");
        await run.FollowAsync("5.");
        await _cluster.SecretBecomesAsync(shop, "tenant-password", "password", "change-me");

        Assert.Equal(0, (await _cluster.Client.GetAsync(new ApiResource("apps", "v1", "Deployment", "deployments", true), operators, "sops-secrets-operator", default)).Json["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task From_flux_decryption()
    {
        const string Page = "move-from-flux-decryption";
        using var fake = new FakeAwsKms();
        using var environment = new TestEnvironment();
        environment["AWS_ENDPOINT_URL"] = fake.Address;
        var team = await _cluster.CreateNamespaceAsync("team-a");
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        fake.TrustsToken = token => token.Length > 100;
        using var run = new HowToRun(Page, _cluster);
        var repository = Directory.CreateDirectory(Path.Combine(run.Directory, "repository")).FullName;
        run.Actual.AddRange([("team-a", team), ("https://git.example.org/shop.git", $"file://{repository}")]);
        var recipient = WriteIdentity(run, "keys.txt");
        await CommitAsync(run, fake, recipient);
        var options = RunningController.Options() with { IsSealingOn = false, IsSyncEngineOn = true, ApplicationsNamespace = team };
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options, waitUntilReady: false, environment: environment.Keys);
        Assert.Equal(["1.", "2.", "3."], HowToRun.Headings(Page).Select(heading => heading[..2]));

        await run.FollowAsync("1.");
        await run.FollowAsync("2.");
        await run.FollowAsync("3.");

        await _cluster.SecretBecomesAsync(team, "by-age", "password", "canary-age");
        await _cluster.SecretBecomesAsync(team, "by-kms", "password", "canary-kms");
        Assert.Equal(1, fake.Requests.Count(request => request.Header("x-amz-target").Length == 0)); // one role for all
        Assert.DoesNotContain("canary", controller.Log, StringComparison.Ordinal);
    }

    // Two files in Git as Flux's users have them: one under an age key, one under a key of AWS.
    private static async Task CommitAsync(HowToRun run, FakeAwsKms fake, string recipient)
    {
        using var author = new TestEnvironment();
        fake.Configure(author);
        foreach (var (name, value) in author.Variables)
        {
            run.Variables[name] = value;
        }

        foreach (var (name, keys) in new[] { ("age", $"--age {recipient}"), ("kms", $"--kms {FakeAwsKms.Arn}") })
        {
            await File.WriteAllTextAsync(Path.Combine(run.Directory, $"{name}.yaml"), $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: by-{name}\nstringData:\n  password: canary-{name}\n");
            await run.CommandAsync($"sops encrypt {keys} --encrypted-regex ^(data|stringData)$ {name}.yaml > repository/deploy/{name}.yaml".Replace("^(data|stringData)$", "'^(data|stringData)$'", StringComparison.Ordinal));
        }

        await run.CommandAsync("git -C repository init --quiet --initial-branch=main .");
        await run.CommandAsync("git -C repository add --all");
        await run.CommandAsync("git -C repository -c user.name=t -c user.email=t@example.org commit --quiet -m change");
    }

    private static string WriteIdentity(HowToRun run, string file)
    {
        var identity = X25519Identity.Generate();
        File.WriteAllText(Path.Combine(run.Directory, file), identity.ToSecretText() + "\n");
        return identity.Recipient.ToString();
    }

    private static KubernetesObject Deployment(string @namespace)
    {
        var deployment = new KubernetesObject(new("apps", "v1", "Deployment"), @namespace, "sops-secrets-operator");
        deployment.Json["spec"] = JsonNode.Parse("""
            {"replicas": 1, "selector": {"matchLabels": {"app": "x"}},
             "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "x", "image": "x"}]}}}
            """);
        return deployment;
    }
}
