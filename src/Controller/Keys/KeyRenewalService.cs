using System.Text;

using SecretsOps.Controller.Options;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>Makes the first key and every later one; runs in the leader only.</summary>
internal sealed partial class KeyRenewalService(
    ApiClient client, string ownNamespace, KeyOptions options, KeyRingState state, SealingKeyReader reader, IKeyService masterKeys, ILogger<KeyRenewalService> logger) : IDisposable
{
    private const int MaxNameAttempts = 16;

    private readonly TimeProvider _time = client.Connection.TimeProvider;
    private readonly SemaphoreSlim _asked = new(0);

    /// <summary>Asks for a new key now, whatever the age of the active one (SIGUSR1).</summary>
    public void Ask() => _asked.Release();

    /// <summary>Makes keys when they are due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var cutoff = options.CutoffTime; // Compatibility: looked at once, at the start
        for (var wasAsked = false; !cancellationToken.IsCancellationRequested;)
        {
            var policy = new RenewalPolicy(options.RenewPeriod, cutoff);
            var need = wasAsked ? KeyNeed.Asked : KeyRenewal.NeedAt(_time.GetUtcNow(), state.Newest(), policy);
            need = need == KeyNeed.First && state.HasLockedKeys ? KeyNeed.None : need; // a KMS that is away must not split the cluster's keys
            var isDone = need == KeyNeed.None || await TryRenewAsync(need, cancellationToken);
            cutoff = isDone ? null : cutoff;
            var sleep = isDone ? KeyRenewal.SleepAt(_time.GetUtcNow(), state.Newest(), policy with { Cutoff = null }) : TimeSpan.FromSeconds(5);
            wasAsked = (wasAsked && !isDone) | await WasAskedWithinAsync(sleep < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : sleep, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asked.Dispose();

    private async Task<bool> WasAskedWithinAsync(TimeSpan sleep, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = _asked.WaitAsync(stop.Token);
        var slept = Task.Delay(sleep, _time, stop.Token);
        var first = await Task.WhenAny(asked, slept);
        await stop.CancelAsync();
        return first == asked && asked.IsCompletedSuccessfully;
    }

    private async Task<bool> TryRenewAsync(KeyNeed need, CancellationToken cancellationToken)
    {
        try
        {
            await RenewAsync(need, cancellationToken);
            return true;
        }
        catch (Exception error) when (error is ApiException or MasterKeyException)
        {
            Log.CannotWrite(logger, error.Message);
            return false;
        }
    }

    private async Task RenewAsync(KeyNeed need, CancellationToken cancellationToken)
    {
        var predecessor = state.Newest()?.Fingerprint ?? "";
        var present = state.Ring.NewestFirst.Select(key => key.Source.Name).ToHashSet(StringComparer.Ordinal);
        var request = new SealingKeyRequest { KeySize = options.Size, Validity = options.Validity, CommonName = options.CommonName };
        using var generated = await Task.Run(() => GeneratedSealingKey.Create(request, _time), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // the Lease may have been lost meanwhile
        if (state.Newest()?.Fingerprint is { } now && now != predecessor)
        {
            return; // another replica, or a person, was quicker
        }

        var created = await CreateAsync(await SecretAsync(generated, cancellationToken), predecessor, present, cancellationToken);
        await reader.ReadAsync(created, cancellationToken);
        Log.KeyWritten(logger, created.Namespace, created.Name, need);
        Log.CertificateGenerated(logger, Encoding.ASCII.GetString(generated.CertificatePem.Span));
    }

    // An active key under the name is the work of another replica and is taken. A retired one, or one that was there before (of the same second as the newest), only makes us choose another name.
    private async Task<KubernetesObject> CreateAsync(KubernetesObject secret, string predecessor, HashSet<string> present, CancellationToken cancellationToken)
    {
        var cluster = await ClusterIdentityAsync(cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            secret.Name = SealingKeyName.For(options.Prefix, cluster, predecessor, attempt);
            try
            {
                return await client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, cancellationToken);
            }
            catch (ApiException error) when (error.IsAlreadyExists && attempt < MaxNameAttempts)
            {
                if (!present.Contains(secret.Name)
                    && await client.TryGetAsync(ApiResource.Secrets, ownNamespace, secret.Name, cancellationToken) is { } other && SealingKeySecret.IsActive(other))
                {
                    return other;
                }
            }
        }
    }

    // The uid of our namespace. Where it may not be read no replica may, so all agree on none.
    private async Task<string> ClusterIdentityAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.TryGetAsync(ApiResource.Namespaces, "", ownNamespace, cancellationToken))?.Uid ?? "";
        }
        catch (ApiException error) when (error.Status == 403)
        {
            return "";
        }
    }

    private async Task<KubernetesObject> SecretAsync(GeneratedSealingKey generated, CancellationToken cancellationToken)
    {
        var privateKey = options.Protection.Count == 0
            ? generated.PrivateKeyPem.Memory
            : await ProtectedSealingKey.ProtectAsync(generated.PrivateKeyPem.Memory, SealingCertificate.Parse(generated.CertificatePem.Span), options.Protection, masterKeys, cancellationToken);
        var secret = SealingKeySecret.Create(ownNamespace, options.Prefix, generated.CertificatePem.Span, privateKey.Span);
        foreach (var (name, value) in options.Annotations)
        {
            secret.SetAnnotation(name, value);
        }

        foreach (var (name, value) in options.Labels.Where(label => label.Key != SealingKeySecret.Label))
        {
            secret.SetLabel(name, value);
        }

        return secret;
    }

    private static partial class Log
    {
        [LoggerMessage(120, LogLevel.Information, "New key written")]
        public static partial void KeyWritten(ILogger logger, string @namespace, string name, KeyNeed need);

        [LoggerMessage(121, LogLevel.Information, "Certificate generated")]
        public static partial void CertificateGenerated(ILogger logger, string certificate);

        [LoggerMessage(122, LogLevel.Error, "Cannot write the new key, will retry")]
        public static partial void CannotWrite(ILogger logger, string error);
    }
}
