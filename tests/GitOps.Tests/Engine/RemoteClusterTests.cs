using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>The engine in one cluster, Applications that deploy to another.</summary>
public sealed class RemoteClusterTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private readonly TestRepository _repository = new();
    private TestCluster _remote = null!;

    public async Task InitializeAsync() => _remote = await TestCluster.StartAsync();

    [Fact]
    public async Task F01_a_client_certificate_and_a_destination_by_server_or_by_name()
    {
        var (byServer, byName) = (await _remote.CreateNamespaceAsync(), await _remote.CreateNamespaceAsync());
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var cluster = await AddClusterAsync(Certificate());

        var first = await DeployAsync(byServer, new JsonObject { ["server"] = Server + "/" });
        var second = await DeployAsync(byName, new JsonObject { ["name"] = cluster });
        await engine.UntilSyncedAsync(first);
        await engine.UntilSyncedAsync(second);

        foreach (var target in new[] { byServer, byName })
        {
            Assert.NotNull(await _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
            Assert.Equal(TestCluster.IsReal, await engine.Client.TryGetAsync(ApiResource.Namespaces, "", target, default) is not null); // the one real cluster is both
        }
    }

    [Fact]
    public async Task F01_a_token_that_a_program_prints()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        using var folder = new TemporaryDirectory();
        var config = Certificate();
        var tls = config["tlsClientConfig"]!;
        var credential = new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["clientCertificateData"] = Decode(tls["certData"]), ["clientKeyData"] = Decode(tls["keyData"]) },
        };
        var plugin = folder.WriteProgram("plugin", $"#!/bin/sh\n[ \"$MODE\" = test ] && cat '{folder.Write("credential.json", credential.ToJsonString())}'\n");
        config["tlsClientConfig"] = new JsonObject { ["caData"] = tls["caData"]!.DeepClone() };
        config["execProviderConfig"] = new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["command"] = plugin,
            ["env"] = new JsonObject { ["MODE"] = "test" },
        };
        await AddClusterAsync(config);

        await engine.UntilSyncedAsync(await DeployAsync(target, new JsonObject { ["server"] = Server }));

        Assert.NotNull(await _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
    }

    [Fact]
    public async Task F01_a_bearer_token_of_the_secret_itself()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await AddClusterAsync(new JsonObject { ["bearerToken"] = await TokenAsync(target), ["tlsClientConfig"] = Authority() });

        await engine.UntilSyncedAsync(await DeployAsync(target, new JsonObject { ["server"] = Server }));

        var live = await _remote.Client.GetAsync(ApiResource.ConfigMaps, target, "a", default);
        Assert.Equal("1", (string?)live.Json["data"]!["key"]);
    }

    [Fact]
    public async Task F01_awsAuthConfig_asks_the_aws_program_for_a_token()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        using var folder = new TemporaryDirectory();
        var credential = new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1beta1",
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["token"] = await TokenAsync(target) },
        };
        var aws = folder.WriteProgram("aws", $"#!/bin/sh\n[ \"$*\" = 'eks get-token --output json --cluster-name east --role-arn arn:aws:iam::1:role/deploy --profile ops' ] && cat '{folder.Write("credential.json", credential.ToJsonString())}'\n");
        await engine.StopAsync();
        engine.EnvironmentVariable = name => name == "PATH" ? $"{folder.Path}:/usr/bin:/bin" : null;
        engine.Start();
        await AddClusterAsync(new JsonObject
        {
            ["awsAuthConfig"] = new JsonObject { ["clusterName"] = "east", ["roleARN"] = "arn:aws:iam::1:role/deploy", ["profile"] = "ops" },
            ["tlsClientConfig"] = Authority(),
        });

        await engine.UntilSyncedAsync(await DeployAsync(target, new JsonObject { ["server"] = Server }));

        Assert.NotNull(await _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
    }

    [Fact]
    public async Task F07_kinds_that_the_account_may_not_read_are_left_out_and_others_work()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var role = new KubernetesObject(new("rbac.authorization.k8s.io", "v1", "Role"), target, "maps");
        role.Json["rules"] = new JsonArray(new JsonObject { ["apiGroups"] = new JsonArray(""), ["resources"] = new JsonArray("configmaps"), ["verbs"] = new JsonArray("*") });
        await _remote.Client.CreateAsync(new ApiResource("rbac.authorization.k8s.io", "v1", "Role", "roles", true), role, WriteOptions.Default, default);
        var token = await TokenAsync(target, "Role", "maps");
        await AddClusterAsync(new JsonObject { ["bearerToken"] = token, ["tlsClientConfig"] = Authority() }, ("namespaces", target));

        var name = await DeployAsync(target, new JsonObject { ["server"] = Server });
        await engine.UntilSyncedAsync(name);

        Assert.NotNull(await _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
        Assert.Equal("", EngineFixture.Text(await engine.GetAsync(name), "conditions"));
    }

    [Fact]
    public async Task F02_only_the_namespaces_of_the_secret_are_looked_at()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await AddClusterAsync(Certificate(), ("namespaces", target));

        var name = await DeployAsync(target, new JsonObject { ["server"] = Server });
        await engine.UntilSyncedAsync(name);
        await _remote.Client.DeleteAsync(ApiResource.ConfigMaps, target, "a", new DeleteOptions(), default);

        await Eventually.NotNullAsync(() => _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default), "self-heal saw the deletion through a watch of the namespace");
    }

    [Fact]
    public async Task An_unreachable_cluster_hurts_only_its_own_applications_and_says_so()
    {
        var target = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var dead = TestCluster.UniqueName("dead");
        await AddSecretAsync(dead, "https://127.0.0.1:9", new JsonObject());

        var lost = await DeployAsync("anywhere", new JsonObject { ["name"] = dead });
        var fine = await engine.CreateAsync(_repository, "app", target);

        await engine.UntilSyncedAsync(fine);
        var told = await engine.UntilAsync(lost, value => value.Find("status", "conditions") is JsonArray { Count: > 0 }, "the unreachable cluster is told");
        var condition = told.Find("status", "conditions")![0]!;
        Assert.Equal("ComparisonError", (string?)condition["type"]);
        Assert.Contains("https://127.0.0.1:9", (string?)condition["message"], StringComparison.Ordinal);
        Assert.Equal("Unknown", EngineFixture.Text(told, "sync", "status"));
    }

    [Fact]
    public async Task An_unknown_cluster_becomes_known_with_its_secret()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await DeployAsync(target, new JsonObject { ["server"] = Server });
        await engine.UntilAsync(name, value => value.Find("status", "conditions") is JsonArray { Count: > 0 } conditions && (string?)conditions[0]!["type"] == "InvalidSpecError", "the cluster is not known");

        await AddClusterAsync(Certificate());

        await engine.UntilSyncedAsync(name);
    }

    [Fact]
    public async Task J10_a_cluster_of_one_project_is_refused_to_another()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await AddClusterAsync(Certificate(), ("project", "blue"));

        var name = await DeployAsync(target, new JsonObject { ["server"] = Server });

        var told = await engine.UntilAsync(name, value => value.Find("status", "conditions") is JsonArray { Count: > 0 }, "the refusal is told");
        Assert.Contains("kept for project 'blue'", (string?)told.Find("status", "conditions")![0]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_the_application_empties_the_remote_namespace()
    {
        var target = await _remote.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        await AddClusterAsync(Certificate());
        var name = await DeployAsync(target, new JsonObject { ["server"] = Server });
        await engine.PatchAsync(name, """{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}}""");
        await engine.UntilSyncedAsync(name);

        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, name, new DeleteOptions(), default);

        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, name, default) is null, "the Application goes");
        Assert.Null(await _remote.Client.TryGetAsync(ApiResource.ConfigMaps, target, "a", default));
    }

    public async Task DisposeAsync()
    {
        foreach (var secret in (await engine.Client.ListAsync(ApiResource.Secrets, engine.ControlNamespace, new ListOptions { LabelSelector = "argocd.argoproj.io/secret-type" }, default)).Items)
        {
            await engine.Client.DeleteAsync(ApiResource.Secrets, engine.ControlNamespace, secret.Name, new DeleteOptions(), default);
        }

        await _remote.DisposeAsync();
        _repository.Dispose();
    }

    // A real cluster is the engine's own too, whose address it knows: another name for it makes it a remote one.
    private string Server => _remote.Client.Connection.Server.ToString().TrimEnd('/').Replace("127.0.0.1", TestCluster.IsReal ? "localhost" : "127.0.0.1", StringComparison.Ordinal);

    private static string Decode(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String((string)base64!));

    private JsonObject Authority() => new() { ["caData"] = Certificate()["tlsClientConfig"]!["caData"]!.DeepClone() };

    /// <summary>A token of a service account of the remote cluster, which may do everything unless a role says what.</summary>
    private async Task<string> TokenAsync(string space, string roleKind = "ClusterRole", string role = "cluster-admin")
    {
        var isEverywhere = roleKind == "ClusterRole";
        var account = new KubernetesObject(new("", "v1", "ServiceAccount"), space, "hub");
        await _remote.Client.CreateAsync(new ApiResource("", "v1", "ServiceAccount", "serviceaccounts", true), account, WriteOptions.Default, default);
        var kind = isEverywhere ? "ClusterRoleBinding" : "RoleBinding";
        var binding = new KubernetesObject(new("rbac.authorization.k8s.io", "v1", kind), isEverywhere ? "" : space, TestCluster.UniqueName("hub"));
        binding.Json["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = roleKind, ["name"] = role };
        binding.Json["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = "hub", ["namespace"] = space });
        await _remote.Client.CreateAsync(new ApiResource("rbac.authorization.k8s.io", "v1", kind, isEverywhere ? "clusterrolebindings" : "rolebindings", !isEverywhere), binding, WriteOptions.Default, default);
        var request = new ApiRequest { Method = HttpMethod.Post, Path = $"/api/v1/namespaces/{space}/serviceaccounts/hub/token", Description = "token", Body = """{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}"""u8.ToArray() };
        var answer = await _remote.Client.SendAsync(request, default);
        return (string)JsonNode.Parse(answer.Body)!["status"]!["token"]!;
    }

    /// <summary>The administrator's kubeconfig in the words of a cluster Secret.</summary>
    private JsonObject Certificate()
    {
        var kubeconfig = YamlText.ToJson(File.ReadAllBytes(_remote.KubeconfigPath), "kubeconfig")[0].Root!;
        var (cluster, user) = (kubeconfig["clusters"]![0]!["cluster"]!, kubeconfig["users"]![0]!["user"]!);
        return new JsonObject
        {
            ["tlsClientConfig"] = new JsonObject
            {
                ["caData"] = (string?)cluster["certificate-authority-data"],
                ["certData"] = (string?)user["client-certificate-data"],
                ["keyData"] = (string?)user["client-key-data"],
            },
        };
    }

    private async Task<string> AddClusterAsync(JsonObject config, params (string Key, string Value)[] data)
    {
        var name = TestCluster.UniqueName("cluster");
        await AddSecretAsync(name, Server, config, data);
        return name;
    }

    private async Task AddSecretAsync(string name, string server, JsonObject config, params (string Key, string Value)[] data)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, engine.ControlNamespace, name);
        secret.SetLabel("argocd.argoproj.io/secret-type", "cluster");
        var values = new JsonObject { ["name"] = name, ["server"] = server, ["config"] = config.ToJsonString() };
        foreach (var (key, value) in data)
        {
            values[key] = value;
        }

        secret.Json["stringData"] = values;
        await engine.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, default);
    }

    private Task<string> DeployAsync(string @namespace, JsonObject destination)
    {
        destination["namespace"] = @namespace;
        return engine.CreateAsync(_repository, "app", @namespace, spec => spec["destination"] = destination);
    }
}
