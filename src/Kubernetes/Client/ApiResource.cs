using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Says where a kind lives on the API server: its group, version, plural and whether it sits in namespaces.</summary>
public sealed record ApiResource(string Group, string Version, string Kind, string Plural, bool IsNamespaced)
{
    /// <summary>Core <c>Secret</c>.</summary>
    public static readonly ApiResource Secrets = new("", "v1", "Secret", "secrets", true);

    /// <summary>Core <c>ConfigMap</c>.</summary>
    public static readonly ApiResource ConfigMaps = new("", "v1", "ConfigMap", "configmaps", true);

    /// <summary>Core <c>Namespace</c>.</summary>
    public static readonly ApiResource Namespaces = new("", "v1", "Namespace", "namespaces", false);

    /// <summary>Core <c>Event</c>.</summary>
    public static readonly ApiResource Events = new("", "v1", "Event", "events", true);

    /// <summary>Core <c>Service</c>.</summary>
    public static readonly ApiResource Services = new("", "v1", "Service", "services", true);

    /// <summary>Core <c>ServiceAccount</c>.</summary>
    public static readonly ApiResource ServiceAccounts = new("", "v1", "ServiceAccount", "serviceaccounts", true);

    /// <summary>Core <c>Pod</c>.</summary>
    public static readonly ApiResource Pods = new("", "v1", "Pod", "pods", true);

    /// <summary><c>apps/v1</c> Deployment.</summary>
    public static readonly ApiResource Deployments = new("apps", "v1", "Deployment", "deployments", true);

    /// <summary><c>coordination.k8s.io/v1</c> Lease.</summary>
    public static readonly ApiResource Leases = new("coordination.k8s.io", "v1", "Lease", "leases", true);

    /// <summary><c>apiextensions.k8s.io/v1</c> CustomResourceDefinition.</summary>
    public static readonly ApiResource CustomResourceDefinitions =
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    /// <summary><c>authentication.k8s.io/v1</c> TokenReview.</summary>
    public static readonly ApiResource TokenReviews = new("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false);

    /// <summary><c>authorization.k8s.io/v1</c> SubjectAccessReview.</summary>
    public static readonly ApiResource SubjectAccessReviews =
        new("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false);

    /// <summary><c>bitnami.com/v1alpha1</c> SealedSecret.</summary>
    public static readonly ApiResource SealedSecrets = new("bitnami.com", "v1alpha1", "SealedSecret", "sealedsecrets", true);

    /// <summary><c>argoproj.io/v1alpha1</c> Application.</summary>
    public static readonly ApiResource Applications = new("argoproj.io", "v1alpha1", "Application", "applications", true);

    /// <summary><c>argoproj.io/v1alpha1</c> AppProject.</summary>
    public static readonly ApiResource AppProjects = new("argoproj.io", "v1alpha1", "AppProject", "appprojects", true);

    /// <summary><c>argoproj.io/v1alpha1</c> ApplicationSet.</summary>
    public static readonly ApiResource ApplicationSets = new("argoproj.io", "v1alpha1", "ApplicationSet", "applicationsets", true);

    /// <summary><c>isindir.github.com/v1alpha3</c> SopsSecret.</summary>
    public static readonly ApiResource SopsSecrets = new("isindir.github.com", "v1alpha3", "SopsSecret", "sopssecrets", true);

    /// <summary>Group, version and kind.</summary>
    public GroupVersionKind Gvk => new(Group, Version, Kind);

    /// <summary>The plural with its group, <c>deployments.apps</c>, as kubectl and CRD names have it.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The URL path of a collection; an empty namespace means all of them.</summary>
    public string CollectionPath(string @namespace)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return IsNamespaced && @namespace.Length > 0
            ? $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}"
            : $"{root}/{Plural}";
    }

    /// <summary>The URL path of one object.</summary>
    /// <exception cref="ArgumentException">The name is empty, or the kind needs a namespace and none is given.</exception>
    public string ObjectPath(string @namespace, string name)
    {
        if (name.Length == 0)
        {
            throw new ArgumentException($"{Kind}: the object has no metadata.name", nameof(name));
        }

        if (IsNamespaced && @namespace.Length == 0)
        {
            throw new ArgumentException($"{Kind}/{name}: the object has no metadata.namespace", nameof(@namespace));
        }

        return $"{CollectionPath(@namespace)}/{Uri.EscapeDataString(name)}";
    }

    /// <summary>Identity of an object of this kind.</summary>
    public ObjectKey Key(string @namespace, string name) => new(Group, Kind, IsNamespaced ? @namespace : "", name);
}
