namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>C09, C10, C12, C16 and line 5: whatever was synced once is Synced on a server with its defaulting, and a second sync writes nothing.</summary>
public sealed class SecondSyncTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    /// <summary>Minimal manifests, so that the server has much to fill in.</summary>
    public static TheoryData<string, string> Fixtures => new()
    {
        { "ConfigMap with binaryData", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '1'}\nbinaryData: {b: AAE=}\n" },
        { "Secret with stringData", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: hello}\ndata: {user: YWRh}\n" },
        { "Deployment with quantities to normalise", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}], resources: {requests: {cpu: 1000m, memory: 1024Mi}}, env: [{name: A, value: b}]}]}\n" },
        { "StatefulSet with claim templates", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x}\nspec:\n  serviceName: x\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: i}]}\n  volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n" },
        { "DaemonSet", "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: x}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: i}]}\n" },
        { "CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\nspec:\n  schedule: '0 0 * * *'\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}\n" },
        { "Job", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n" },
        { "Service", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {selector: {a: b}, ports: [{port: 80}, {name: s, port: 443}]}\n".Replace("{port: 80}", "{name: h, port: 80}", StringComparison.Ordinal) },
        { "Ingress", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x}\nspec: {rules: [{host: a.example.org, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: x, port: {number: 80}}}}]}}]}\n" },
        { "NetworkPolicy", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\nspec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}\n" },
        { "PodDisruptionBudget", "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: x}\nspec: {minAvailable: 1, selector: {matchLabels: {a: b}}}\n" },
        { "HorizontalPodAutoscaler", "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: x}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}\n" },
        { "Role and RoleBinding", "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: x}\nsubjects: [{kind: ServiceAccount, name: default}]\n" },
        { "PersistentVolumeClaim", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: x}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}\n" },
        { "ResourceQuota and LimitRange", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: x}\nspec: {hard: {cpu: 1000m, pods: '10'}}\n---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: x}\nspec: {limits: [{type: Container, default: {cpu: 500m}}]}\n" },
        { "ServiceAccount", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: x}\n" },
        { "status in Git", "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: x, creationTimestamp: null}\nspec:\n  replicas: 0\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}, creationTimestamp: null}\n    spec: {containers: [{name: c, image: i}]}\nstatus: {replicas: 7}\n" },
        { "List", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: x}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: z}\n" },
    };

    public void Dispose() => _repository.Dispose();

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task C08_C09_C10_C12_C16_a_second_sync_reports_every_object_unchanged_and_sends_no_write(string what, string manifest)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/x.yaml", manifest));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);
        var before = await StateAsync(name);

        await engine.RefreshAsync(name, "hard");
        await engine.SyncAsync(name);
        var application = await engine.UntilAsync(name, value => value.Json["operation"] is null && value.Json["status"]!["history"]!.AsArray().Count == 2, $"{what}: the second sync is in the history");

        Assert.Equal("Synced", EngineFixture.Text(application, "sync", "status"));
        Assert.All(application.Json["status"]!["operationState"]!["syncResult"]!["resources"]!.AsArray(), result => Assert.EndsWith(" unchanged", (string?)result!["message"]));
        Assert.Equal(before, await StateAsync(name));
    }

    // The time in managedFields moves with every write that is sent, even one that changes nothing else; controllers of the cluster write beside us.
    private async Task<string> StateAsync(string name)
    {
        var states = new List<string>();
        foreach (var listed in (await engine.GetAsync(name)).Json["status"]!["resources"]!.AsArray())
        {
            var gvk = new SecretsOps.Kubernetes.Objects.GroupVersionKind((string?)listed!["group"] ?? "", (string)listed["version"]!, (string)listed["kind"]!);
            var resource = await new SecretsOps.Kubernetes.Discovery.ApiDiscovery(engine.Client).ResolveAsync(gvk, default);
            var live = await engine.Client.GetAsync(resource!, (string?)listed["namespace"] ?? "", (string)listed["name"]!, default);
            var ours = live.Metadata["managedFields"]!.AsArray().Where(entry => (string?)entry!["manager"] == "argocd-controller").Select(entry => entry!.ToJsonString()).ToList();
            Assert.NotEmpty(ours);
            states.Add($"{live.Key} {string.Join(' ', ours)}");
        }

        return string.Join('\n', states);
    }
}
