namespace SecretsOps.EndToEnd.Tests.HowTo;

/// <summary>Every command of the pages named here, played against real clusters of ours with the published programs.</summary>
public sealed class HowToTests
{
    // A controller needs some seconds for its first key.
    private const string HasKey = "\nuntil kubeseal --fetch-cert > fetched.pem 2> why.txt; do sleep 0.2; done\n";

    private const string SealedDatabase = HasKey + """
        kubectl create namespace shop
        mkdir -p secrets
        kubectl create secret generic database -n shop --from-literal=password=correct-horse --dry-run=client -o yaml | kubeseal -o yaml > secrets/database.yaml
        """;

    private const string Applied = """

        kubectl apply -f secrets
        kubectl wait --for=condition=Ready sealedsecret --all -n shop --timeout=60s
        """;

    [Theory]
    [InlineData("move-from-bitnami-sealed-secrets.md")]
    [InlineData("rotate-and-retire-sealing-keys.md")]
    public async Task A_page_for_one_cluster_works_command_by_command(string name)
    {
        using var run = new HowToRun();
        await using var cluster = await RunningUp.StartAsync(run.Combine("cluster"));
        await run.PrepareAsync(cluster.Kubeconfig, SealedDatabase + Applied);

        await run.PlayAsync(HowToPage.Read(name), cluster.Kubeconfig);
    }

    [Fact]
    public async Task A_lost_cluster_is_recovered_as_the_page_says()
    {
        using var run = new HowToRun();
        var lost = await RunningUp.StartAsync(run.Combine("lost"));
        await using var fresh = await RunningUp.StartAsync(run.Combine("fresh"));
        await run.PrepareAsync(fresh.Kubeconfig, HasKey);
        await run.PrepareAsync(lost.Kubeconfig, SealedDatabase + Applied + $"\ncp {lost.Kubeconfig} old.kubeconfig; cp {fresh.Kubeconfig} new.kubeconfig");

        await run.PlayAsync(HowToPage.Read("recover-a-lost-cluster.md"), "/dev/null");
        await lost.DisposeAsync();
    }

    [Fact]
    public async Task A_tree_is_sealed_for_two_clusters_as_the_page_says()
    {
        using var run = new HowToRun();
        await using var east = await RunningUp.StartAsync(run.Combine("east"));
        await using var west = await RunningUp.StartAsync(run.Combine("west"));
        var both = run.Combine("both.kubeconfig");
        await run.PrepareAsync(west.Kubeconfig, HasKey);
        await run.PrepareAsync(east.Kubeconfig, HasKey + Merge("east", east.Kubeconfig) + Merge("west", west.Kubeconfig) + """

            KUBECONFIG=east.one:west.one kubectl config view --flatten > both.kubeconfig
            export KUBECONFIG=both.kubeconfig
            kubectl --context east create namespace shop
            kubectl --context west create namespace shop
            mkdir plain
            kubectl create secret generic database -n shop --from-literal=password=correct-horse --from-literal=user=shop --dry-run=client -o yaml > plain/database.yaml
            kubectl create secret generic mail -n shop --from-literal=token=t --dry-run=client -o yaml > plain/mail.yaml
            """);

        await run.PlayAsync(HowToPage.Read("seal-for-many-clusters.md"), both);
    }

    [Fact]
    public async Task The_tutorial_of_an_application_works_command_by_command()
    {
        using var run = new HowToRun();

        await run.PlayAsync(HowToPage.Read("tutorials/sync-an-application.md"), "/dev/null");
    }

    [Fact]
    public async Task Projects_isolate_teams_as_the_page_says()
    {
        using var run = new HowToRun();
        await using var cluster = await RunningUp.StartAsync(run.Combine("cluster"));

        await run.PlayAsync(HowToPage.Read("isolate-projects.md"), cluster.Kubeconfig);
    }

    [Theory]
    [InlineData("app-of-apps.md")]
    [InlineData("monorepo.md")]
    [InlineData("webhooks.md")]
    public async Task A_page_of_the_sync_engine_works_command_by_command(string name)
    {
        using var run = new HowToRun();
        await using var cluster = await RunningUp.StartAsync(run.Combine("cluster"));

        await run.PlayAsync(HowToPage.Read(name), cluster.Kubeconfig);
    }

    [Fact]
    public async Task A_hub_deploys_to_another_cluster_as_the_page_says()
    {
        using var run = new HowToRun();
        await using var hub = await RunningUp.StartAsync(run.Combine("hub"));
        await using var staging = await RunningUp.StartAsync(run.Combine("staging"));
        await run.PrepareAsync(hub.Kubeconfig, Merge("hub", hub.Kubeconfig) + Merge("staging", staging.Kubeconfig) + "\nKUBECONFIG=hub.one:staging.one kubectl config view --flatten > both.kubeconfig");

        await run.PlayAsync(HowToPage.Read("several-clusters.md"), run.Combine("both.kubeconfig"));
    }

    // The engine of this cluster stands for Argo CD: it too leaves alone what is annotated, and writes what is not.
    [Fact]
    public async Task An_application_moves_over_from_another_engine_as_the_page_says()
    {
        using var run = new HowToRun();
        await using var cluster = await RunningUp.StartAsync(run.Combine("cluster"));
        await run.PrepareAsync(cluster.Kubeconfig, """
            mkdir -p shop/app && git -C shop init -q -b main
            printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: red}\n' > shop/app/settings.yaml
            git -C shop add -A && git -C shop commit -q -m settings
            kubectl create namespace shop
            kubectl apply -f - <<APPLICATION
            {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]},
             spec: {project: default, source: {repoURL: "file://$PWD/shop", targetRevision: main, path: app},
                    destination: {server: "https://kubernetes.default.svc", namespace: shop}, syncPolicy: {automated: {prune: true, selfHeal: true}}}}
            APPLICATION
            kubectl wait --for=jsonpath={.status.sync.status}=Synced application/shop -n argocd --timeout=60s
            """);

        await run.PlayAsync(HowToPage.Read("move-from-argo-cd.md"), cluster.Kubeconfig);
    }

    [Theory]
    [InlineData("tutorials/sync-an-application.md", 30)]
    [InlineData("isolate-projects.md", 20)]
    [InlineData("move-from-argo-cd.md", 15)]
    [InlineData("app-of-apps.md", 15)]
    [InlineData("monorepo.md", 18)]
    [InlineData("webhooks.md", 15)]
    [InlineData("several-clusters.md", 14)]
    [InlineData("move-from-bitnami-sealed-secrets.md", 15)]
    [InlineData("rotate-and-retire-sealing-keys.md", 15)]
    [InlineData("recover-a-lost-cluster.md", 12)]
    [InlineData("seal-for-many-clusters.md", 15)]
    public void No_command_of_a_page_escapes_the_test(string name, int atLeast)
    {
        var text = HowToPage.TextOf(name);

        Assert.True(HowToPage.Read(name).Steps.Count >= atLeast);
        Assert.Equal(text.Split('\n').Count(line => line.StartsWith("$ ", StringComparison.Ordinal)), HowToPage.Read(name).Steps.Count);
        Assert.DoesNotContain("```sh", text, StringComparison.Ordinal);
    }

    // A copy of a kubeconfig in which cluster, user and context have the cluster's name.
    private static string Merge(string name, string kubeconfig) => $$$"""

        context=$(kubectl --kubeconfig {{{kubeconfig}}} config current-context)
        kubectl --kubeconfig {{{kubeconfig}}} config view --flatten -o json | jq --arg n {{{name}}} '.clusters[0].name=$n | .users[0].name=$n | .contexts=[{name:$n,context:{cluster:$n,user:$n}}] | ."current-context"=$n' > {{{name}}}.one
        """;
}
