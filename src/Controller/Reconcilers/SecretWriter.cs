using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Makes the live Secret equal the desired one with as few requests as possible, never giving way to a race.</summary>
internal sealed class SecretWriter(ApiClient client, LiveSecrets live)
{
    private const int MaxRaces = 4;

    private static readonly WriteOptions AsUs = new() { FieldManager = "controller" }; // the name upstream's requests carry

    /// <summary>Creates, updates or leaves alone; with <paramref name="mayReplace"/> deletes what cannot be updated and makes it anew.</summary>
    /// <exception cref="ApiException">The API server refused, or races did not end; the message holds no value of the Secret.</exception>
    public async Task<(SecretChange Change, SecretVersion Version)> WriteAsync(
        KubernetesObject desired, KubernetesObject owner, SecretVersion known, bool mayReplace, CancellationToken cancellationToken)
    {
        for (var races = 0; ; races++)
        {
            try
            {
                var change = await PlanAsync(desired, owner, known, races, cancellationToken);
                return (change, await ApplyAsync(change, mayReplace, cancellationToken));
            }
            catch (ApiException error) when (races < MaxRaces && (error.IsConflict || error.IsAlreadyExists || (error.IsNotFound && races == 0)))
            {
                // Somebody was quicker: look again.
            }
        }
    }

    /// <summary>Writes a Secret that was read before.</summary>
    /// <exception cref="ApiException">The API server refused.</exception>
    public Task<KubernetesObject> UpdateAsync(KubernetesObject secret, CancellationToken cancellationToken) => SendAsync(client.UpdateAsync, secret, cancellationToken);

    private async Task<SecretChange> PlanAsync(KubernetesObject desired, KubernetesObject owner, SecretVersion known, int races, CancellationToken cancellationToken)
    {
        // A Secret the watch has never seen is created without asking first; if that is wrong, the server says so.
        var isProbablyMissing = races == 0 && live.Informers is { IsSynced: true } watched && watched.TryGet(desired.NamespacedName) is null;
        var current = isProbablyMissing ? null : await live.ReadAsync(desired.NamespacedName, cancellationToken);
        return SecretPlan.For(desired, current, owner, known.Uid ?? "");
    }

    private async Task<SecretVersion> ApplyAsync(SecretChange change, bool mayReplace, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case SecretChange.Create create:
                return Version(await SendAsync(client.CreateAsync, create.Secret, cancellationToken));
            case SecretChange.Update update:
                return Version(await UpdateAsync(update.Secret, cancellationToken));
            case SecretChange.None none:
                return Version(none.Live);
            case SecretChange.Impossible impossible when mayReplace:
                var onlyThis = new DeleteOptions { PreconditionUid = impossible.Live.Uid };
                await client.TryDeleteAsync(ApiResource.Secrets, impossible.Live.Namespace, impossible.Live.Name, onlyThis, cancellationToken);
                return Version(await SendAsync(client.CreateAsync, impossible.Desired, cancellationToken));
            default:
                return default;
        }
    }

    // What the server says of a Secret goes to status, events and logs, and an admission webhook may quote what it dislikes.
    private static async Task<KubernetesObject> SendAsync(
        Func<ApiResource, KubernetesObject, WriteOptions, CancellationToken, Task<KubernetesObject>> send, KubernetesObject secret, CancellationToken cancellationToken)
    {
        try
        {
            return await send(ApiResource.Secrets, secret, AsUs, cancellationToken);
        }
        catch (ApiException refused)
        {
            throw refused.Without(SecretValues.Of(secret));
        }
    }

    private static SecretVersion Version(KubernetesObject secret) => new(secret.Uid, secret.ResourceVersion);
}
