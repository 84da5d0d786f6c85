using System.Collections.Concurrent;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Decryption;
using SecretsOps.Controller.Options;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Remote;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Sops;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Makes the Secrets of one SopsSecret (isindir.github.com/v1alpha3), so that users of that operator can move.</summary>
/// <remarks><c>status.message</c> has the operator's own words, which people's alerts look for; <c>status.detail</c>, ours, says why.</remarks>
internal sealed class SopsSecretReconciler(
    ApiClient client, NamespacedInformers sopsSecrets, IKeyService sharedKeys, DecryptionSources sources, SecretWriter writer, DecryptionOptions options)
{
    private readonly ConcurrentDictionary<NamespacedName, string> _written = new();

    /// <summary>Whether a child is as this reconciler left it.</summary>
    public bool HasWritten(KubernetesObject child) => _written.TryGetValue(child.NamespacedName, out var version) && version == child.ResourceVersion;

    /// <summary>Reconciles one name, and again after the requeue time.</summary>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (sopsSecrets.TryGet(name) is not { IsBeingDeleted: false } sopsSecret)
        {
            return ReconcileResult.Done; // its Secrets go with it: they name it as their owner
        }

        if (Flag(sopsSecret, "suspend") == true)
        {
            await SetStatusAsync(sopsSecret, "Reconciliation is suspended", "", cancellationToken);
            return ReconcileResult.Done;
        }

        var secrets = await OpenAsync(sopsSecret, cancellationToken);
        await WriteAsync(sopsSecret, secrets, cancellationToken);
        await PruneAsync(sopsSecret, [.. secrets.Select(secret => secret.Name)], cancellationToken);
        await SetStatusAsync(sopsSecret, "Healthy", "", cancellationToken);
        return ReconcileResult.RequeueAfter(options.RequeueAfter, "keys or children may have changed");
    }

    private async Task<IReadOnlyList<KubernetesObject>> OpenAsync(KubernetesObject sopsSecret, CancellationToken cancellationToken)
    {
        try
        {
            var own = await sources.ForAsync(sopsSecret, cancellationToken);
            var keys = own.IsExclusive ? own.Service : new KeyServiceChain([sharedKeys, own.Service]);
            return await SopsSecretOpener.OpenAsync(sopsSecret, keys, cancellationToken);
        }
        catch (SopsException error)
        {
            throw await FailAsync(sopsSecret, "Decryption error", error.Message, cancellationToken);
        }
        catch (FormatException error)
        {
            throw await FailAsync(sopsSecret, "New child secret creation error", error.Message, cancellationToken);
        }
    }

    private async Task WriteAsync(KubernetesObject sopsSecret, IReadOnlyList<KubernetesObject> secrets, CancellationToken cancellationToken)
    {
        foreach (var secret in secrets)
        {
            try
            {
                var (change, version) = await writer.WriteAsync(secret, sopsSecret, default, mayReplace: true, cancellationToken);
                if (change is SecretChange.NotOurs)
                {
                    await TakeOverAsync(sopsSecret, secret, cancellationToken);
                    (_, version) = await writer.WriteAsync(secret, sopsSecret, default, mayReplace: true, cancellationToken);
                }

                _written[secret.NamespacedName] = version.ResourceVersion ?? "";
            }
            catch (ApiException error)
            {
                throw await FailAsync(sopsSecret, "Child secret update error", error.Message, cancellationToken);
            }
        }
    }

    // A Secret of somebody else is taken over when the SopsSecret insists on it, or when the Secret is marked for it and nobody controls it.
    private async Task TakeOverAsync(KubernetesObject sopsSecret, KubernetesObject secret, CancellationToken cancellationToken)
    {
        var live = await client.GetAsync(ApiResource.Secrets, secret.Namespace, secret.Name, cancellationToken);
        var isMarked = SecretOwner.Says(live, SopsSecretOpener.ManagedAnnotation) && SecretOwner.ControllerOf(live) is null;
        if (!isMarked && !(Flag(sopsSecret, "enforceOwnership") ?? options.EnforcesOwnership))
        {
            throw await FailAsync(
                sopsSecret,
                "Child secret is not owned by controller error",
                $"{live} belongs to somebody else; delete it, annotate it {SopsSecretOpener.ManagedAnnotation}=true, or set spec.enforceOwnership",
                cancellationToken);
        }

        live.Metadata["ownerReferences"] = secret.Metadata["ownerReferences"]?.DeepClone();
        await writer.UpdateAsync(live, cancellationToken);
    }

    // Secrets of templates that are no longer listed go; only those that this very object owns.
    private async Task PruneAsync(KubernetesObject sopsSecret, HashSet<string> kept, CancellationToken cancellationToken)
    {
        var live = await client.ListAsync(ApiResource.Secrets, sopsSecret.Namespace, new ListOptions { MetadataOnly = true }, cancellationToken);
        foreach (var secret in live.Items.Where(secret => SecretOwner.Text(SecretOwner.ControllerOf(secret), "uid") == sopsSecret.Uid && !kept.Contains(secret.Name)))
        {
            _written.TryRemove(secret.NamespacedName, out _);
            await client.TryDeleteAsync(ApiResource.Secrets, secret.Namespace, secret.Name, new DeleteOptions { PreconditionUid = secret.Uid }, cancellationToken);
        }
    }

    private async Task<ReconcileFailure> FailAsync(KubernetesObject sopsSecret, string message, string detail, CancellationToken cancellationToken)
    {
        await SetStatusAsync(sopsSecret, message, detail, cancellationToken);
        return new ReconcileFailure($"{sopsSecret}: {detail}");
    }

    private async Task SetStatusAsync(KubernetesObject sopsSecret, string message, string detail, CancellationToken cancellationToken)
    {
        var status = sopsSecret.Json["status"];
        if (status?["message"]?.ToString() == message && (status["detail"]?.ToString() ?? "") == detail)
        {
            return;
        }

        var patch = new KubernetesObject(new JsonObject { ["status"] = new JsonObject { ["message"] = message, ["detail"] = detail.Length > 0 ? detail : null } });
        await client.PatchAsync(
            ApiResource.SopsSecrets, sopsSecret.Namespace, sopsSecret.Name, PatchType.Merge, patch.ToUtf8Json(), new PatchOptions { Subresource = "status" }, cancellationToken);
    }

    private static bool? Flag(KubernetesObject sopsSecret, string field) =>
        sopsSecret.Json["spec"]?[field] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;
}
