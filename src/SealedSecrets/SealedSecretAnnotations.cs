namespace SecretsOps.SealedSecrets;

/// <summary>The annotations that sealing and unsealing look at.</summary>
public static class SealedSecretAnnotations
{
    /// <summary>On a SealedSecret: its values open under any name in any namespace.</summary>
    public const string ClusterWide = "sealedsecrets.bitnami.com/cluster-wide";

    /// <summary>On a SealedSecret: its values open under any name in their namespace.</summary>
    public const string NamespaceWide = "sealedsecrets.bitnami.com/namespace-wide";

    /// <summary>On a live Secret: it may be overwritten and taken over.</summary>
    public const string Managed = "sealedsecrets.bitnami.com/managed";

    /// <summary>On a live Secret: unsealed values are merged into it.</summary>
    public const string Patch = "sealedsecrets.bitnami.com/patch";

    /// <summary>In the template: the Secret gets no owner reference.</summary>
    public const string SkipSetOwnerReferences = "sealedsecrets.bitnami.com/skip-set-owner-references";

    /// <summary>On a SealedSecret, ours: fingerprints of the keys it was sealed with, comma-separated, so that they are tried first. A hint, never trusted.</summary>
    public const string SealedWith = "secretsops.io/sealed-with";

    /// <summary>On a Secret given to kubectl apply: a copy of its plaintext, never to be kept.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>On a Secret given to kubecfg: likewise.</summary>
    public const string KubecfgLastApplied = "kubecfg.ksonnet.io/last-applied-configuration";
}
