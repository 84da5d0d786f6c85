namespace SecretsOps.Controller.Reconcilers;

/// <summary>The annotations by which a live Secret or a template says who may write it (reference 2.2); only the text <c>true</c> counts.</summary>
internal static class SealedSecretNames
{
    public const string ApiVersion = "bitnami.com/v1alpha1";
    public const string Group = "bitnami.com";
    public const string Kind = "SealedSecret";
    public const string Managed = "sealedsecrets.bitnami.com/managed";
    public const string Patch = "sealedsecrets.bitnami.com/patch";
    public const string SkipSetOwnerReferences = "sealedsecrets.bitnami.com/skip-set-owner-references";
    public const string InstanceLabel = "app.kubernetes.io/instance";

    /// <summary>The component that events name as their source.</summary>
    public const string EventSource = "sealed-secrets";
}
