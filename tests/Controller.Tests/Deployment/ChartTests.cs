using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>The Helm chart, rendered by real helm.</summary>
[Collection(BareCollection.Name)]
public sealed partial class ChartTests(BareFixture fixture)
{
    private static readonly string Chart = RepositoryRoot.Combine("deploy", "helm", "secretsops");

    /// <summary>A value of the upstream chart and the flag it becomes; every flag is one that the controller understands.</summary>
    public static TheoryData<string, string> Flags => new()
    {
        { "secretName=mine", "--key-prefix=mine" },
        { "updateStatus=false", "--update-status=false" },
        { "skipRecreate=true", "--skip-recreate=true" },
        { "watchForSecrets=true", "--watch-for-secrets=true" },
        { "keyrenewperiod=0", "--key-renew-period=0" },
        { "keyttl=48h", "--key-ttl=48h" },
        { "keycutofftime=Mon\\, 22 Nov 2021 10:00:00 +0100", "--key-cutoff-time=Mon, 22 Nov 2021 10:00:00 +0100" },
        { "rateLimit=0", "--rate-limit=0" },
        { "rateLimitBurst=9", "--rate-limit-burst=9" },
        { "additionalNamespaces={a,b}", "--additional-namespaces=a,b" },
        { "privateKeyAnnotations.note=x", "--privatekey-annotations=note=x" },
        { "privateKeyLabels.team=x", "--privatekey-labels=team=x" },
        { "logInfoStdout=false", "--log-info-stdout=false" },
        { "logLevel=ERROR", "--log-level=ERROR" },
        { "logFormat=json", "--log-format=json" },
        { "maxRetries=7", "--max-unseal-retries=7" },
        { "kubeClientQPS=20", "--kubeclient-qps=20" },
        { "kubeClientBurst=30", "--kubeclient-burst=30" },
        { "containerPorts.http=9000", "--listen-addr=:9000" },
        { "containerPorts.metrics=9001", "--listen-metrics-addr=:9001" },
        { "metrics.omitSecretLabels=true", "--metrics-omit-secret-labels=true" },
        { "syncEngine=false", "--sync-engine=false" },
        { "sopsSecrets=false", "--sops-secrets=false" },
        { "repairDrift=true", "--repair-drift=true" },
        { "replaceImmutable=true", "--replace-immutable=true" },
        { "authenticateCallers=true", "--authenticate-callers=true" },
        { "applicationsNamespace=apps", "--applications-namespace=apps" },
        { "args[0]=run,args[1]=--key-size=2048", "--key-size=2048" },
    };

    /// <summary>A value, the object it reaches, and where and what it becomes there.</summary>
    public static TheoryData<string, string, string, string> Fields => new()
    {
        { "replicaCount=3", "Deployment", "spec.replicas", "3" },
        { "image.registry=r.example,image.repository=x/y,image.tag=1.2", "Deployment", "spec.template.spec.containers.0.image", "r.example/x/y:1.2" },
        { "image.pullPolicy=Always", "Deployment", "spec.template.spec.containers.0.imagePullPolicy", "Always" },
        { "image.pullSecrets[0]=regcred", "Deployment", "spec.template.spec.imagePullSecrets.0.name", "regcred" },
        { "command[0]=controller", "Deployment", "spec.template.spec.containers.0.command.0", "controller" },
        { "resources.limits.cpu=2", "Deployment", "spec.template.spec.containers.0.resources.limits.cpu", "2" },
        { "livenessProbe.enabled=false", "Deployment", "spec.template.spec.containers.0.livenessProbe", "" },
        { "livenessProbe.periodSeconds=33", "Deployment", "spec.template.spec.containers.0.livenessProbe.periodSeconds", "33" },
        { "readinessProbe.enabled=false", "Deployment", "spec.template.spec.containers.0.readinessProbe", "" },
        { "startupProbe.enabled=true", "Deployment", "spec.template.spec.containers.0.startupProbe.httpGet.path", "/healthz" },
        { "customLivenessProbe.tcpSocket.port=http", "Deployment", "spec.template.spec.containers.0.livenessProbe.tcpSocket.port", "http" },
        { "customReadinessProbe.tcpSocket.port=http", "Deployment", "spec.template.spec.containers.0.readinessProbe.tcpSocket.port", "http" },
        { "customStartupProbe.tcpSocket.port=http", "Deployment", "spec.template.spec.containers.0.startupProbe.tcpSocket.port", "http" },
        { "podAnnotations.a=b", "Deployment", "spec.template.metadata.annotations.a", "b" },
        { "podLabels.a=b", "Deployment", "spec.template.metadata.labels.a", "b" },
        { "priorityClassName=high", "Deployment", "spec.template.spec.priorityClassName", "high" },
        { "runtimeClassName=gvisor", "Deployment", "spec.template.spec.runtimeClassName", "gvisor" },
        { "affinity.nodeAffinity.x=y", "Deployment", "spec.template.spec.affinity.nodeAffinity.x", "y" },
        { "nodeSelector.a=b", "Deployment", "spec.template.spec.nodeSelector.a", "b" },
        { "tolerations[0].key=k", "Deployment", "spec.template.spec.tolerations.0.key", "k" },
        { "topologySpreadConstraints[0].maxSkew=1", "Deployment", "spec.template.spec.topologySpreadConstraints.0.maxSkew", "1" },
        { "hostNetwork=true", "Deployment", "spec.template.spec.hostNetwork", "true" },
        { "hostUsers=false", "Deployment", "spec.template.spec.hostUsers", "false" },
        { "hostPorts.http=18080", "Deployment", "spec.template.spec.containers.0.ports.0.hostPort", "18080" },
        { "hostPorts.metrics=18081", "Deployment", "spec.template.spec.containers.0.ports.1.hostPort", "18081" },
        { "dnsPolicy=Default", "Deployment", "spec.template.spec.dnsPolicy", "Default" },
        { "additionalVolumes[0].name=v,additionalVolumes[0].emptyDir.medium=Memory", "Deployment", "spec.template.spec.volumes.1.name", "v" },
        { "additionalVolumeMounts[0].name=v,additionalVolumeMounts[0].mountPath=/v", "Deployment", "spec.template.spec.containers.0.volumeMounts.1.mountPath", "/v" },
        { "extraEnv[0].name=A,extraEnv[0].value=b", "Deployment", "spec.template.spec.containers.0.env.2.value", "b" },
        { "podSecurityContext.enabled=false", "Deployment", "spec.template.spec.securityContext", "" },
        { "podSecurityContext.fsGroup=7", "Deployment", "spec.template.spec.securityContext.fsGroup", "7" },
        { "containerSecurityContext.enabled=false", "Deployment", "spec.template.spec.containers.0.securityContext", "" },
        { "containerSecurityContext.runAsUser=7", "Deployment", "spec.template.spec.containers.0.securityContext.runAsUser", "7" },
        { "commonLabels.a=b", "Deployment", "metadata.labels.a", "b" },
        { "commonAnnotations.a=b", "Deployment", "metadata.annotations.a", "b" },
        { "serviceAccount.automountServiceAccountToken=false", "Deployment", "spec.template.spec.automountServiceAccountToken", "false" },
        { "serviceAccount.annotations.a=b", "ServiceAccount", "metadata.annotations.a", "b" },
        { "service.type=NodePort", "Service", "spec.type", "NodePort" },
        { "service.port=80", "Service", "spec.ports.0.port", "80" },
        { "service.annotations.a=b", "Service", "metadata.annotations.a", "b" },
        { "ingress.enabled=true,ingress.hostname=h.example", "Ingress", "spec.rules.0.host", "h.example" },
        { "ingress.enabled=true", "Ingress", "spec.rules.0.http.paths.0.path", "/v1/cert.pem" },
        { "ingress.enabled=true,ingress.ingressClassName=nginx", "Ingress", "spec.ingressClassName", "nginx" },
        { "ingress.enabled=true,ingress.annotations.a=b", "Ingress", "metadata.annotations.a", "b" },
        { "ingress.enabled=true,ingress.tls=true", "Ingress", "spec.tls.0.secretName", "sealed-secrets.local-tls" },
        { "networkPolicy.enabled=true,containerPorts.http=9000", "NetworkPolicy", "spec.ingress.0.ports.0.port", "9000" },
        { "networkPolicy.enabled=true,networkPolicy.egress.enabled=true,networkPolicy.egress.kubeapiCidr=10.0.0.1/32,networkPolicy.egress.kubeapiPort=6443", "NetworkPolicy", "spec.egress.0.to.0.ipBlock.cidr", "10.0.0.1/32" },
        { "pdb.create=true", "PodDisruptionBudget", "spec.minAvailable", "1" },
        { "pdb.create=true,pdb.maxUnavailable=0", "PodDisruptionBudget", "spec.maxUnavailable", "0" },
        { "metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.interval=30s", "ServiceMonitor", "spec.endpoints.0.interval", "30s" },
        { "metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.honorLabels=false", "ServiceMonitor", "spec.endpoints.0.honorLabels", "false" },
        { "metrics.prometheusRule.enabled=true,metrics.prometheusRule.labels.a=b", "PrometheusRule", "metadata.labels.a", "b" },
        { "rbac.clusterRoleName=mine", "ClusterRole", "metadata.name", "mine" },
        { "rbac.namespacedRoles=true,rbac.clusterRole=false,additionalNamespaces={apps}", "Role", "metadata.namespace", "apps" },
        { "namespace=elsewhere", "Deployment", "metadata.namespace", "elsewhere" },
    };

    /// <summary>A value that takes objects away, and how many of a kind are left.</summary>
    public static TheoryData<string, string, int> Counts => new()
    {
        { "createController=false", "Deployment", 0 },
        { "createController=false", "Service", 0 },
        { "serviceAccount.create=false", "ServiceAccount", 0 },
        { "rbac.create=false", "ClusterRole", 0 },
        { "rbac.create=false", "Role", 0 },
        { "rbac.clusterRole=false", "ClusterRole", 0 },
        { "rbac.syncEngineClusterAdmin=false", "ClusterRoleBinding", 1 },
        { "rbac.serviceProxier.create=false", "Role", 1 },
        { "rbac.serviceProxier.bind=false", "RoleBinding", 1 },
        { "createApplicationsNamespace=false", "Namespace", 0 },
        { "metrics.dashboards.create=true", "ConfigMap", 1 },
        { "extraDeploy[0].apiVersion=v1,extraDeploy[0].kind=ConfigMap,extraDeploy[0].metadata.name=x", "ConfigMap", 1 },
        { "ingress.enabled=true,ingress.secrets[0].name=tls,ingress.secrets[0].certificate=c,ingress.secrets[0].key=k", "Secret", 1 },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public void DEP_5_a_value_becomes_a_flag_that_the_controller_understands(string value, string flag)
    {
        var arguments = Rendered.Helm(value).Arguments;

        Assert.Contains(flag, arguments);
        Assert.Equal("run", arguments[0]);
        Assert.NotNull(ControllerFlags.Parse(arguments[1..], _ => null, new ControllerOptions()));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void DEP_5_a_value_reaches_its_field(string value, string kind, string path, string expected)
    {
        var target = Rendered.Helm(value).Of(kind).First();

        Assert.Equal(expected, Find(target, path));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void DEP_5_a_value_adds_or_takes_away_objects(string value, string kind, int count) =>
        Assert.Equal(count, Rendered.Helm(value).Of(kind).Count());

    [Fact]
    public void DEP_5_every_value_of_the_file_is_used_by_a_template()
    {
        var templates = string.Concat(Directory.GetFiles(Path.Combine(Chart, "templates")).Select(File.ReadAllText));
        var values = ManifestReader.ReadDocuments(File.ReadAllBytes(Path.Combine(Chart, "values.yaml")), "values.yaml", DuplicateKeys.Reject)[0].Root as JsonObject;

        Assert.All(values!, value => Assert.True(
            Regex.IsMatch(templates, $"Values\\.{value.Key}\\b|\"{value.Key}\""), $"'{value.Key}' has no effect"));
    }

    [Fact]
    public void DEP_5_reviews_cannot_be_had_from_Roles_alone()
    {
        var refused = Rendered.TryHelm("authenticateCallers=true", "rbac.namespacedRoles=true", "rbac.clusterRole=false").ShouldFail();

        Assert.Contains("TokenReview", refused.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chart_packages_with_its_definitions_behind_the_link()
    {
        using var directory = new TemporaryDirectory();

        ExternalProgram.Run(ExternalPrograms.Helm, ["package", Chart, "--destination", directory.Path]).ShouldSucceed();

        var package = Directory.GetFiles(directory.Path).Single();
        var rendered = ExternalProgram.Run(ExternalPrograms.Helm, ["show", "crds", package]).ShouldSucceed().StandardOutput;
        Assert.Contains("name: sealedsecrets.bitnami.com", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("kind: Kustomization", rendered, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_has_no_complaint() =>
        ExternalProgram.Run(ExternalPrograms.Helm, ["lint", "--strict", Chart]).ShouldSucceed();

    [Theory]
    [InlineData("")]
    [InlineData("ingress.enabled=true,ingress.tls=true,networkPolicy.enabled=true,networkPolicy.egress.enabled=true,pdb.create=true,metrics.dashboards.create=true,authenticateCallers=true,metrics.omitSecretLabels=true")]
    [InlineData("rbac.namespacedRoles=true,rbac.clusterRole=false,syncEngine=false,sopsSecrets=false")]
    public Task The_API_server_accepts_everything_that_is_rendered(string values) =>
        Rendered.Helm(values.Length == 0 ? [] : [values]).ApplyAsync(fixture.Cluster, "server");

    [Fact]
    public void Alerts_and_dashboard_ask_for_metrics_that_exist()
    {
        var exposed = new ControllerMetrics("test");
        exposed.SetKeys(1, 0);
        exposed.SetCertificateExpiry("x", DateTimeOffset.UnixEpoch);
        exposed.SetKeyDependants(new Dictionary<string, int> { ["x"] = 1 });
        exposed.SetSynced("n", "n", "True", "");
        exposed.CountUnsealError(UnsealErrorReason.Unseal, "n");
        exposed.CountHttpRequest("/v1/verify", 200, "GET", TimeSpan.Zero);
        var asked = File.ReadAllText(Path.Combine(Chart, "files", "alerts.yaml")) + File.ReadAllText(Path.Combine(Chart, "files", "dashboard.json"));
        var rendered = Rendered.Helm("metrics.prometheusRule.enabled=true", "metrics.dashboards.create=true");

        var names = MetricName().Matches(asked).Select(match => match.Value).Distinct().ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"\n{name}", exposed.Expose(), StringComparison.Ordinal));
        Assert.True(((JsonArray)rendered.Of("PrometheusRule").Single().Json["spec"]!["groups"]![0]!["rules"]!).Count >= 5);
        Assert.NotNull(JsonNode.Parse(rendered.Of("ConfigMap").Single().Json["data"]!["secretsops.json"]!.ToString())!["panels"]);
    }

    private static string Find(KubernetesObject target, string path)
    {
        JsonNode? node = target.Json;
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.Parse(step, System.Globalization.CultureInfo.InvariantCulture) is var index && index < list.Count => list[index],
                _ => null,
            };
        }

        return node?.ToString() ?? "";
    }

    [GeneratedRegex("sealed_secrets_controller_[a-z_]+")]
    private static partial Regex MetricName();
}
