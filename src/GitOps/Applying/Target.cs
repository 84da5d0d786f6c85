using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>An object as Git wants it, ready to be sent: namespace filled in, tracking id set. May hold plaintext.</summary>
/// <param name="Object">The manifest.</param>
/// <param name="Resource">Where its kind lives; null while its definition is not in the cluster.</param>
/// <param name="Digest">Keyed digest of the manifest.</param>
/// <param name="Origin">The file it came from.</param>
internal sealed record Target(KubernetesObject Object, ApiResource? Resource, string Digest, string Origin)
{
    /// <summary>The origin of the namespace that <c>managedNamespaceMetadata</c> describes.</summary>
    public const string ManagedNamespaceOrigin = "spec.syncPolicy.managedNamespaceMetadata";

    public bool IsManagedNamespace => Origin == ManagedNamespaceOrigin;

    public ObjectKey Key { get; } = Object.Key;

    public HookSettings Hook { get; } = HookSettings.Read(Object);

    public int Wave { get; } = ApplyOrder.WaveOf(Object);

    /// <summary>Whether the object counts in sync status, health and pruning.</summary>
    public bool IsManaged => !Hook.IsHook && !Hook.IsSkipped;

    /// <summary>A hook that stays as it was applied (a ConfigMap, a ServiceAccount), unlike one that runs once: it can be repaired.</summary>
    public bool IsLastingHook => Hook is { IsHook: true, Deletion: HookDeletion.BeforeHookCreation } && Hook.Phases.Any()
        && Object.Name.Length > 0 && Key.Kind is not ("Job" or "Pod" or "Workflow");

    /// <summary>Whether changes of the live object are looked for.</summary>
    public bool IsCompared => IsManaged || IsLastingHook;

    public override string ToString() => $"{Key} from '{Origin}'";
}
