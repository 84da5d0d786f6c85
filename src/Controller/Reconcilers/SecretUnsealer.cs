using SecretsOps.Controller.Keys;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Opens one SealedSecret, renders its template and writes its Secret; says how that ended.</summary>
internal sealed class SecretUnsealer(KeyRingState keys, SecretWriter writer, ControllerMetrics metrics, ReconcileOptions options)
{
    private readonly UnsealOptions _unsealing = new() { DeprecatedData = options.AcceptLegacyData ? DeprecatedData.Accept : DeprecatedData.Refuse };

    /// <summary>Does it; expected failures are outcomes, not exceptions.</summary>
    public async Task<UnsealOutcome> UnsealAsync(KubernetesObject source, SecretVersion known, CancellationToken cancellationToken)
    {
        var sealedSecret = new SealedSecret(source);
        using var unsealed = Unsealer.Unseal(sealedSecret, keys.Ring, _unsealing, cancellationToken);
        metrics.CountPrivateOperations(unsealed.PrivateOperations);
        if (!unsealed.IsSuccess)
        {
            return UnsealFailed(unsealed.Message, Reasons.UnsealFailed, UnsealDiagnosis.Explain(sealedSecret, keys.Ring, unsealed));
        }

        try
        {
            using var secret = SecretTemplate.Build(sealedSecret, unsealed);
            return await WriteAsync(source, secret.ToObject(), known, unsealed.SealedWith, cancellationToken);
        }
        catch (Exception error) when (error is SecretTemplateException or SecretFormatException)
        {
            return UnsealFailed(error.Message, Reasons.TemplateFailed, $"{error.Message}; correct spec.template");
        }
    }

    private async Task<UnsealOutcome> WriteAsync(
        KubernetesObject source, KubernetesObject desired, SecretVersion known, IReadOnlyList<string> sealedWith, CancellationToken cancellationToken)
    {
        try
        {
            var (change, version) = await writer.WriteAsync(desired, source, known, options.ReplaceImmutable, cancellationToken);
            return change switch
            {
                SecretChange.NotOurs => NotManaged(source),
                SecretChange.Impossible impossible when !version.IsKnown => Impossible(source, impossible.Reason),
                _ => Succeeded(change, version, sealedWith),
            };
        }
        catch (ApiException error)
        {
            return UpdateFailed(error.Message, error.Message, Reasons.ApiRefused, error.Message) with { IsLasting = false };
        }
    }

    private static UnsealOutcome Succeeded(SecretChange change, SecretVersion version, IReadOnlyList<string> sealedWith) => new()
    {
        IsSynced = true,
        Reason = Reasons.Unsealed,
        SealedWith = sealedWith,
        Secret = version,
        EventReason = change is SecretChange.None ? "" : Reasons.Unsealed,
        EventMessage = "SealedSecret unsealed successfully",
    };

    private static UnsealOutcome UnsealFailed(string error, string reason, string explanation) => new()
    {
        IsSynced = false,
        IsLasting = true,
        SyncedMessage = error,
        Reason = reason,
        Message = explanation,
        EventReason = Reasons.UnsealFailedEvent,
        EventMessage = $"Failed to unseal: {error}",
        ErrorReason = UnsealErrorReason.Unseal,
    };

    private static UnsealOutcome NotManaged(KubernetesObject source)
    {
        var found = $"Resource \"{source.Name}\" already exists and is not managed by SealedSecret";
        var remedy = $"Secret/{source.NamespacedName} belongs to somebody else; delete it, or annotate it {SealedSecretNames.Managed}=true to hand it over or {SealedSecretNames.Patch}=true to merge into it";
        return UpdateFailed($"failed update: {found}", found, Reasons.NotManaged, remedy) with { ErrorReason = UnsealErrorReason.Unmanaged, IsLasting = false };
    }

    private static UnsealOutcome Impossible(KubernetesObject source, string reason)
    {
        var friendly = $"Error updating {source.NamespacedName}: {reason}. Delete and recreate the Secret, or start the controller with --replace-immutable";
        return UpdateFailed(friendly, friendly, Reasons.Immutable, friendly) with { IsLasting = false };
    }

    private static UnsealOutcome UpdateFailed(string synced, string @event, string reason, string explanation) => new()
    {
        IsSynced = false,
        SyncedMessage = synced,
        Reason = reason,
        Message = explanation,
        EventReason = Reasons.UpdateFailedEvent,
        EventMessage = @event,
        ErrorReason = UnsealErrorReason.Update,
    };
}
