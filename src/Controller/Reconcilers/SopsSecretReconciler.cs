using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;
using SecretsOps.Sops;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Makes the Secrets of one SopsSecret (isindir.github.com/v1alpha3), so that users of that operator can move.</summary>
internal sealed class SopsSecretReconciler(ApiClient client, Informer sopsSecrets, SopsSecretOpener opener, SecretWriter writer)
{
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5); // the operator's own interval

    /// <summary>Reconciles one name; looks again every five minutes.</summary>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (sopsSecrets.TryGet(name) is not { IsBeingDeleted: false } sopsSecret)
        {
            return ReconcileResult.Done;
        }

        if (sopsSecret.Json["spec"]?["suspend"] is JsonValue suspend && suspend.TryGetValue(out bool isSuspended) && isSuspended)
        {
            await SetMessageAsync(sopsSecret, "Reconciliation is suspended", cancellationToken);
            return ReconcileResult.Done;
        }

        try
        {
            var secrets = await opener.OpenAsync(sopsSecret, cancellationToken);
            await WriteAsync(sopsSecret, secrets, cancellationToken);
        }
        catch (Exception error) when (error is SopsException or FormatException)
        {
            await SetMessageAsync(sopsSecret, "Decryption error", cancellationToken);
            throw new ReconcileFailure($"{sopsSecret}: {error.Message}");
        }

        return ReconcileResult.RequeueAfter(Resync, "a child Secret may have been changed");
    }

    private async Task WriteAsync(KubernetesObject sopsSecret, IReadOnlyList<KubernetesObject> secrets, CancellationToken cancellationToken)
    {
        foreach (var secret in secrets)
        {
            var (change, _) = await writer.WriteAsync(secret, sopsSecret, default, mayReplace: true, cancellationToken);
            if (change is SecretChange.NotOurs)
            {
                await SetMessageAsync(sopsSecret, "Child secret is not owned by controller error", cancellationToken);
                throw new ReconcileFailure($"{sopsSecret}: {secret} belongs to somebody else; delete it or choose another name");
            }
        }

        await PruneAsync(sopsSecret, [.. secrets.Select(secret => secret.Name)], cancellationToken);
        await SetMessageAsync(sopsSecret, "Healthy", cancellationToken);
    }

    // Secrets of templates that are no longer listed go; only those that this very object owns.
    private async Task PruneAsync(KubernetesObject sopsSecret, HashSet<string> kept, CancellationToken cancellationToken)
    {
        var live = await client.ListAsync(ApiResource.Secrets, sopsSecret.Namespace, new ListOptions { MetadataOnly = true }, cancellationToken);
        foreach (var secret in live.Items.Where(secret => SecretOwner.Text(SecretOwner.ControllerOf(secret), "uid") == sopsSecret.Uid && !kept.Contains(secret.Name)))
        {
            await client.TryDeleteAsync(ApiResource.Secrets, secret.Namespace, secret.Name, new DeleteOptions { PreconditionUid = secret.Uid }, cancellationToken);
        }
    }

    private async Task SetMessageAsync(KubernetesObject sopsSecret, string message, CancellationToken cancellationToken)
    {
        if (sopsSecret.Json["status"]?["message"]?.ToString() == message)
        {
            return;
        }

        var patch = new KubernetesObject(new JsonObject { ["status"] = new JsonObject { ["message"] = message } });
        await client.PatchAsync(
            ApiResource.SopsSecrets, sopsSecret.Namespace, sopsSecret.Name, PatchType.Merge, patch.ToUtf8Json(), new PatchOptions { Subresource = "status" }, cancellationToken);
    }
}
