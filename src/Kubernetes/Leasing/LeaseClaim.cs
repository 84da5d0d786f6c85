using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Leasing;

/// <summary>One identity's hold on one Lease: try to take or renew it, and give it back.</summary>
/// <remarks>Not safe for concurrent use. Expiry is judged by how long this process has seen no renewal, so clocks need not agree.</remarks>
public sealed class LeaseClaim(ApiClient client, LeaseOptions options)
{
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private readonly TimeProvider _timeProvider = client.Connection.TimeProvider;
    private string _seenVersion = "";
    private long _seenAt;

    /// <summary>Who held the Lease when last looked at, or empty.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>Takes a free or expired Lease, or renews one's own; false while another holds it.</summary>
    /// <exception cref="ApiException">The server could not be asked.</exception>
    public async Task<bool> TryAcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        var lease = await client.TryGetAsync(ApiResource.Leases, options.Namespace, options.Name, cancellationToken);
        if (lease is null)
        {
            return await TryWriteAsync(NewLease(), isNew: true, cancellationToken);
        }

        Observe(lease);
        var isMine = Holder == options.Identity;
        if (!isMine && Holder.Length > 0 && !HasExpired(lease))
        {
            return false;
        }

        Claim(lease, isMine);
        return await TryWriteAsync(lease, isNew: false, cancellationToken);
    }

    /// <summary>Gives the Lease back, so that the next holder need not wait for it to expire.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var lease = await client.TryGetAsync(ApiResource.Leases, options.Namespace, options.Name, cancellationToken);
        if (lease is null || HolderOf(lease) != options.Identity)
        {
            return;
        }

        Spec(lease)["holderIdentity"] = "";
        Spec(lease)["leaseDurationSeconds"] = 1;
        await TryWriteAsync(lease, isNew: false, cancellationToken);
        Holder = "";
    }

    private KubernetesObject NewLease()
    {
        var lease = new KubernetesObject(ApiResource.Leases.Gvk, options.Namespace, options.Name);
        Claim(lease, isMine: false);
        Spec(lease)["leaseTransitions"] = 0;
        return lease;
    }

    private void Claim(KubernetesObject lease, bool isMine)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
        var spec = Spec(lease);
        if (!isMine)
        {
            spec["holderIdentity"] = options.Identity;
            spec["acquireTime"] = now;
            spec["leaseTransitions"] = Number(spec, "leaseTransitions") + 1;
        }

        spec["renewTime"] = now;
        spec["leaseDurationSeconds"] = (int)Math.Ceiling(options.Duration.TotalSeconds);
    }

    private async Task<bool> TryWriteAsync(KubernetesObject lease, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            var written = isNew
                ? await client.CreateAsync(ApiResource.Leases, lease, WriteOptions.Default, cancellationToken)
                : await client.UpdateAsync(ApiResource.Leases, lease, WriteOptions.Default, cancellationToken);
            Observe(written);
            return true;
        }
        catch (ApiException e) when (e.IsConflict || e.IsAlreadyExists || e.IsNotFound)
        {
            return false; // another was quicker; the next attempt looks again
        }
    }

    private void Observe(KubernetesObject lease)
    {
        Holder = HolderOf(lease);
        if (lease.ResourceVersion != _seenVersion)
        {
            _seenVersion = lease.ResourceVersion;
            _seenAt = _timeProvider.GetTimestamp();
        }
    }

    private bool HasExpired(KubernetesObject lease) =>
        _timeProvider.GetElapsedTime(_seenAt) >= TimeSpan.FromSeconds(Number(Spec(lease), "leaseDurationSeconds"));

    private static string HolderOf(KubernetesObject lease) =>
        Spec(lease)["holderIdentity"] is JsonValue value && value.TryGetValue(out string? holder) ? holder : "";

    private static int Number(JsonObject spec, string name) =>
        spec[name] is JsonValue value && value.TryGetValue(out int number) ? number : 0;

    private static JsonObject Spec(KubernetesObject lease)
    {
        if (lease.Json["spec"] is JsonObject spec)
        {
            return spec;
        }

        spec = [];
        lease.Json["spec"] = spec;
        return spec;
    }
}
