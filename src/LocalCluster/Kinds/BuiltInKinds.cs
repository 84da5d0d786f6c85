using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>The kinds that a Kubernetes 1.34 API server has built in, as data.</summary>
internal static class BuiltInKinds
{
    // group version | kind | plural | short names | N(amespaced) or C(luster) | subresources | categories | marks
    // Marks: r = a review: only create. Order is discovery's order.
    private const string Table = """
        v1 | Binding | bindings | | N | | | r
        v1 | ConfigMap | configmaps | cm | N | | |
        v1 | Endpoints | endpoints | ep | N | | |
        v1 | Event | events | ev | N | | |
        v1 | LimitRange | limitranges | limits | N | | |
        v1 | Namespace | namespaces | ns | C | status,finalize | |
        v1 | Node | nodes | no | C | status | |
        v1 | PersistentVolumeClaim | persistentvolumeclaims | pvc | N | status | |
        v1 | PersistentVolume | persistentvolumes | pv | C | status | |
        v1 | Pod | pods | po | N | status,binding,eviction | all |
        v1 | PodTemplate | podtemplates | | N | | |
        v1 | ReplicationController | replicationcontrollers | rc | N | status,scale | all |
        v1 | ResourceQuota | resourcequotas | quota | N | status | |
        v1 | Secret | secrets | | N | | |
        v1 | ServiceAccount | serviceaccounts | sa | N | token | |
        v1 | Service | services | svc | N | status,proxy | all |
        apps/v1 | ControllerRevision | controllerrevisions | | N | | |
        apps/v1 | DaemonSet | daemonsets | ds | N | status | all |
        apps/v1 | Deployment | deployments | deploy | N | status,scale | all |
        apps/v1 | ReplicaSet | replicasets | rs | N | status,scale | all |
        apps/v1 | StatefulSet | statefulsets | sts | N | status,scale | all |
        events.k8s.io/v1 | Event | events | ev | N | | |
        authentication.k8s.io/v1 | SelfSubjectReview | selfsubjectreviews | | C | | | r
        authentication.k8s.io/v1 | TokenReview | tokenreviews | | C | | | r
        authorization.k8s.io/v1 | LocalSubjectAccessReview | localsubjectaccessreviews | | N | | | r
        authorization.k8s.io/v1 | SelfSubjectAccessReview | selfsubjectaccessreviews | | C | | | r
        authorization.k8s.io/v1 | SelfSubjectRulesReview | selfsubjectrulesreviews | | C | | | r
        authorization.k8s.io/v1 | SubjectAccessReview | subjectaccessreviews | | C | | | r
        autoscaling/v2 | HorizontalPodAutoscaler | horizontalpodautoscalers | hpa | N | status | all |
        batch/v1 | CronJob | cronjobs | cj | N | status | all |
        batch/v1 | Job | jobs | | N | status | all |
        certificates.k8s.io/v1 | CertificateSigningRequest | certificatesigningrequests | csr | C | status,approval | |
        networking.k8s.io/v1 | Ingress | ingresses | ing | N | status | |
        networking.k8s.io/v1 | IngressClass | ingressclasses | | C | | |
        networking.k8s.io/v1 | IPAddress | ipaddresses | ip | C | | |
        networking.k8s.io/v1 | NetworkPolicy | networkpolicies | netpol | N | | |
        networking.k8s.io/v1 | ServiceCIDR | servicecidrs | | C | status | |
        policy/v1 | PodDisruptionBudget | poddisruptionbudgets | pdb | N | status | |
        rbac.authorization.k8s.io/v1 | ClusterRole | clusterroles | | C | | |
        rbac.authorization.k8s.io/v1 | ClusterRoleBinding | clusterrolebindings | | C | | |
        rbac.authorization.k8s.io/v1 | Role | roles | | N | | |
        rbac.authorization.k8s.io/v1 | RoleBinding | rolebindings | | N | | |
        storage.k8s.io/v1 | CSIDriver | csidrivers | | C | | |
        storage.k8s.io/v1 | CSINode | csinodes | | C | | |
        storage.k8s.io/v1 | CSIStorageCapacity | csistoragecapacities | | N | | |
        storage.k8s.io/v1 | StorageClass | storageclasses | sc | C | | |
        storage.k8s.io/v1 | VolumeAttachment | volumeattachments | | C | status | |
        storage.k8s.io/v1 | VolumeAttributesClass | volumeattributesclasses | vac | C | | |
        admissionregistration.k8s.io/v1 | MutatingWebhookConfiguration | mutatingwebhookconfigurations | | C | | api-extensions |
        admissionregistration.k8s.io/v1 | ValidatingAdmissionPolicy | validatingadmissionpolicies | | C | status | api-extensions |
        admissionregistration.k8s.io/v1 | ValidatingAdmissionPolicyBinding | validatingadmissionpolicybindings | | C | | api-extensions |
        admissionregistration.k8s.io/v1 | ValidatingWebhookConfiguration | validatingwebhookconfigurations | | C | | api-extensions |
        apiextensions.k8s.io/v1 | CustomResourceDefinition | customresourcedefinitions | crd,crds | C | status | api-extensions |
        scheduling.k8s.io/v1 | PriorityClass | priorityclasses | pc | C | | |
        coordination.k8s.io/v1 | Lease | leases | | N | | |
        node.k8s.io/v1 | RuntimeClass | runtimeclasses | | C | | |
        discovery.k8s.io/v1 | EndpointSlice | endpointslices | | N | | |
        flowcontrol.apiserver.k8s.io/v1 | FlowSchema | flowschemas | | C | status | |
        flowcontrol.apiserver.k8s.io/v1 | PriorityLevelConfiguration | prioritylevelconfigurations | | C | status | |
        """;

    internal static IReadOnlyList<ResourceKind> All { get; } = [.. Table.Split('\n').Select(Parse)];

    private static ResourceKind Parse(string line)
    {
        var columns = line.Split('|', StringSplitOptions.TrimEntries);
        var gvk = Kubernetes.Objects.GroupVersionKind.Parse(columns[0], columns[1]);
        return new ResourceKind
        {
            Gvk = gvk,
            Plural = columns[2],
            Singular = gvk.Kind.ToLowerInvariant(),
            ListKind = gvk.Kind + "List",
            ShortNames = Words(columns[3]),
            IsNamespaced = columns[4] == "N",
            Subresources = [.. Words(columns[5]).Select(Subresource.Named)],
            Categories = Words(columns[6]),
            Schema = BuiltInSchema.For(gvk) ?? throw new InvalidOperationException($"The built-in schema lacks {gvk}."),
            Verbs = columns[7] == "r" ? ["create"] : ResourceKind.AllVerbs,
        };
    }

    private static string[] Words(string cell) => cell.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
