using SecretsOps.Controller.Keys;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Makes the Secret of one SealedSecret (reference 2.5): level-based, repeatable, and never final about a failure.</summary>
internal sealed partial class SealedSecretReconciler(
    ApiClient client,
    NamespacedInformers sealedSecrets,
    LiveSecrets live,
    KeyRingState keys,
    SettledObjects settled,
    SecretUnsealer unsealer,
    SealedSecretStatusWriter statuses,
    EventRecorder events,
    ControllerMetrics metrics,
    ReconcileOptions options,
    ILogger<SealedSecretReconciler> logger)
{
    /// <summary>Reconciles one name; throws <see cref="ReconcileFailure"/> to be tried again later.</summary>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (sealedSecrets.TryGet(name) is not { } sealedSecret)
        {
            await ForgetAsync(name, cancellationToken);
            return ReconcileResult.Done;
        }

        if (sealedSecret.IsBeingDeleted)
        {
            return ReconcileResult.Done;
        }

        var digest = SealedSecretDigest.Of(sealedSecret);
        var known = settled.Success(sealedSecret);
        if (known is not null && await IsUnchangedAsync(sealedSecret, digest, known, cancellationToken))
        {
            settled.Settle(name, known);
            metrics.CountSkipped();
            Publish(sealedSecret, isSynced: true);
            await RenewWarningAsync(sealedSecret, digest, known, cancellationToken);
            return ReconcileResult.Done;
        }

        return await SettleAsync(sealedSecret, digest, known?.Secret ?? default, cancellationToken);
    }

    // The Secret itself is not read: the same uid means it is ours, and with --repair-drift or after a restart the same version that it is untouched.
    private async Task<bool> IsUnchangedAsync(KubernetesObject sealedSecret, string digest, Settled known, CancellationToken cancellationToken)
    {
        if (known.Digest != digest || !known.Secret.IsKnown)
        {
            return false;
        }

        var version = await live.VersionAsync(sealedSecret.NamespacedName, cancellationToken);
        return version == known.Secret || (!options.RepairDrift && version.Uid == known.Secret.Uid && settled.WasSettled(sealedSecret.NamespacedName));
    }

    // Without opening anything: only what the status says of the active certificate has changed.
    private async Task RenewWarningAsync(KubernetesObject sealedSecret, string digest, Settled known, CancellationToken cancellationToken)
    {
        if (options.UpdateStatus && statuses.IsWarningStale(sealedSecret))
        {
            var outcome = new UnsealOutcome { IsSynced = true, Reason = Reasons.Unsealed, SealedWith = known.SealedWith, Secret = known.Secret };
            await ReportAsync(sealedSecret, digest, outcome, cancellationToken);
        }
    }

    private async Task<ReconcileResult> SettleAsync(KubernetesObject sealedSecret, string digest, SecretVersion known, CancellationToken cancellationToken)
    {
        metrics.CountUnsealRequest();
        Log.Updating(logger, sealedSecret.NamespacedName);
        var ringVersion = keys.Version;
        var outcome = settled.Failure(sealedSecret.NamespacedName, digest, ringVersion)
            ?? await unsealer.UnsealAsync(sealedSecret, known, cancellationToken);
        if (outcome.IsSynced)
        {
            settled.Settle(sealedSecret.NamespacedName, new Settled(digest, outcome.Secret, outcome.SealedWith));
        }
        else
        {
            metrics.CountUnsealError(outcome.ErrorReason, sealedSecret.Namespace);
            settled.Fail(sealedSecret.NamespacedName, new Failed(outcome.IsLasting ? digest : "", ringVersion, outcome));
        }

        await ReportAsync(sealedSecret, digest, outcome, cancellationToken);
        return outcome.IsSynced ? ReconcileResult.Done : throw new ReconcileFailure(outcome.SyncedMessage);
    }

    private async Task ReportAsync(KubernetesObject sealedSecret, string digest, UnsealOutcome outcome, CancellationToken cancellationToken)
    {
        Publish(sealedSecret, outcome.IsSynced);
        if (outcome.EventReason.Length > 0)
        {
            Action<KubernetesObject, string, string> send = outcome.IsSynced ? events.Normal : events.Warning;
            send(sealedSecret, outcome.EventReason, outcome.EventMessage);
        }

        if (!options.UpdateStatus)
        {
            return;
        }

        try
        {
            await statuses.WriteAsync(sealedSecret, digest, outcome, cancellationToken);
        }
        catch (ApiException error) when (outcome.IsSynced || error.IsTransient)
        {
            metrics.CountUnsealError(UnsealErrorReason.Status, sealedSecret.Namespace);
            throw new ReconcileFailure(error.Message);
        }
    }

    private async Task ForgetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        metrics.CountUnsealRequest();
        metrics.ForgetConditions(name.Namespace, name.Name);
        var made = settled.SecretOf(name);
        settled.Forget(name);

        // Defect D15 is not copied: only a Secret that we made is deleted.
        if (options.OldGarbageCollection && made.IsKnown && await live.ReadAsync(name, cancellationToken) is { } secret
            && secret.Uid == made.Uid && !SecretOwner.Says(secret, SealedSecretNames.Patch))
        {
            await client.TryDeleteAsync(ApiResource.Secrets, name.Namespace, name.Name, new DeleteOptions { PreconditionUid = secret.Uid }, cancellationToken);
        }
    }

    private void Publish(KubernetesObject sealedSecret, bool isSynced) =>
        metrics.SetSynced(sealedSecret.Namespace, sealedSecret.Name, isSynced ? "True" : "False", sealedSecret.Label(SealedSecretNames.InstanceLabel) ?? "");

    private static partial class Log
    {
        [LoggerMessage(210, LogLevel.Information, "Updating")]
        public static partial void Updating(ILogger logger, NamespacedName key);
    }
}

/// <summary>The object could not be reconciled now; the message says why and holds no value.</summary>
internal sealed class ReconcileFailure(string message) : Exception(message);
