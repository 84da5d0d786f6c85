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
    public ObjectKey Key { get; } = Object.Key;

    public HookSettings Hook { get; } = HookSettings.Read(Object);

    public int Wave { get; } = ApplyOrder.WaveOf(Object);

    /// <summary>Whether the object counts in sync status, health and pruning.</summary>
    public bool IsManaged => !Hook.IsHook && !Hook.IsSkipped;

    public override string ToString() => $"{Key} from '{Origin}'";
}
