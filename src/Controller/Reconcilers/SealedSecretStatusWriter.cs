using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Writes the status of a SealedSecret when, and only when, it would say something else; a conflict is met with a fresh copy (defect D4).</summary>
/// <param name="client">The API server.</param>
/// <param name="certificateWarning">What to warn of about the active certificate, or null.</param>
internal sealed class SealedSecretStatusWriter(ApiClient client, Func<string?> certificateWarning)
{
    private const int MaxConflicts = 5;
    private const string CertificateExpiring = "CertificateExpiring";

    /// <summary>Whether an object that is otherwise unchanged says something else of the certificate than is true now.</summary>
    public bool IsWarningStale(KubernetesObject sealedSecret) =>
        ConditionList.MessageOf(sealedSecret.Json["status"] as JsonObject, CertificateExpiring) != certificateWarning();

    /// <summary>Writes the outcome of reconciling one generation; a newer generation writes its own.</summary>
    public async Task WriteAsync(KubernetesObject sealedSecret, string digest, UnsealOutcome outcome, CancellationToken cancellationToken)
    {
        var current = sealedSecret;
        for (var conflicts = 0; ; conflicts++)
        {
            if (!Apply(current, sealedSecret.Generation, digest, outcome))
            {
                return;
            }

            try
            {
                await client.UpdateStatusAsync(ApiResource.SealedSecrets, current, WriteOptions.Default, cancellationToken);
                return;
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                return;
            }
            catch (ApiException error) when (error.IsConflict && conflicts < MaxConflicts)
            {
                var fresh = await client.TryGetAsync(ApiResource.SealedSecrets, sealedSecret.Namespace, sealedSecret.Name, cancellationToken);
                if (fresh is null || fresh.Uid != sealedSecret.Uid || fresh.Generation != sealedSecret.Generation)
                {
                    return;
                }

                current = fresh;
            }
        }
    }

    private bool Apply(KubernetesObject target, long generation, string digest, UnsealOutcome outcome)
    {
        var status = target.Json["status"] as JsonObject ?? [];
        var before = (JsonObject)status.DeepClone();
        status["observedGeneration"] = generation;
        SetNotes(status, digest, outcome);
        var synced = outcome.IsSynced ? "True" : "False";
        var warning = certificateWarning();
        var isSame = JsonNode.DeepEquals(before, status)
            && ConditionList.MessageOf(status, CertificateExpiring) == warning
            && ConditionList.Says(status, "Synced", synced, "", outcome.SyncedMessage)
            && ConditionList.Says(status, "Ready", synced, outcome.Reason, outcome.Message);
        if (isSame)
        {
            return false;
        }

        var conditions = new ConditionList(status, client.Connection.TimeProvider);
        conditions.Set("Synced", synced, "", outcome.SyncedMessage);
        conditions.Set("Ready", synced, outcome.Reason, outcome.Message);
        if (warning is null)
        {
            ConditionList.Remove(status, CertificateExpiring);
        }
        else
        {
            conditions.Set(CertificateExpiring, "True", Reasons.CertificateExpiring, warning);
        }

        target.Json["status"] = status;
        return true;
    }

    private static void SetNotes(JsonObject status, string digest, UnsealOutcome outcome)
    {
        if (!outcome.IsSynced)
        {
            status.Remove("observedDigest");
            return;
        }

        status["observedDigest"] = digest;
        status["sealedWith"] = new JsonArray([.. outcome.SealedWith.Select(key => (JsonNode)key)]);
        status["secret"] = new JsonObject { ["uid"] = outcome.Secret.Uid, ["resourceVersion"] = outcome.Secret.ResourceVersion };
    }
}
