using System.Collections.Concurrent;

using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>Reads key Secrets into the ring, unwrapping those that a KMS or Vault protects; a Secret that holds no key never stops the process (defect D5).</summary>
internal sealed partial class SealingKeyReader(KeyRingState state, IKeyService masterKeys, ILogger<SealingKeyReader> logger) : IDisposable
{
    private readonly ConcurrentDictionary<NamespacedName, string> _reported = new();
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>Puts the key of a Secret into the ring, or notes why there is none.</summary>
    /// <returns>False when trying again may help: the key is wrapped, and its KMS or Vault did not open it.</returns>
    public async Task<bool> ReadAsync(KubernetesObject secret, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await ReadOneAsync(secret, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<bool> ReadOneAsync(KubernetesObject secret, CancellationToken cancellationToken)
    {
        try
        {
            var key = await ProtectedSealingKey.OpenAsync(secret, masterKeys, cancellationToken);
            _reported.TryRemove(key.Source, out _);
            if (state.Ring.Find(key.Fingerprint)?.Source == key.Source)
            {
                key.Dispose();
                return true;
            }

            state.Remove(key.Source); // the Secret may have held another key before
            state.Add(key);
            Log.RegisteredPrivateKey(logger, secret.Name, key.Fingerprint);
            return true;
        }
        catch (Exception error) when (error is SealingKeyException or SealingCertificateException or FormatException)
        {
            var isLocked = IsLocked(secret);
            state.SetUnusable(secret.NamespacedName, isLocked ? UnusableKey.Locked : UnusableKey.Malformed);
            if (_reported.TryAdd(secret.NamespacedName, error.Message))
            {
                Log.UnusableKey(logger, secret.Name, error.Message);
            }

            return !isLocked;
        }
    }

    private static bool IsLocked(KubernetesObject secret)
    {
        try
        {
            return ProtectedSealingKey.IsProtected(secret);
        }
        catch (SealingKeyException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "registered private key")]
        public static partial void RegisteredPrivateKey(ILogger logger, string secretname, string fingerprint);

        [LoggerMessage(101, LogLevel.Error, "Secret is labelled as a sealing key but no key can be read from it; it is left out")]
        public static partial void UnusableKey(ILogger logger, string secretname, string error);
    }
}
