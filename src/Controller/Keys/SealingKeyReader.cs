using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>Reads key Secrets into the ring; a Secret that holds no key is noted and logged, and never stops the process (defect D5).</summary>
internal sealed partial class SealingKeyReader(KeyRingState state, ILogger<SealingKeyReader> logger)
{
    /// <summary>Puts the key of a Secret into the ring, or notes why there is none.</summary>
    public void Read(KubernetesObject secret)
    {
        try
        {
            var key = SealingKey.FromSecret(secret);
            if (state.Ring.Find(key.Fingerprint)?.Source == key.Source)
            {
                key.Dispose();
                return;
            }

            state.Add(key);
            Log.RegisteredPrivateKey(logger, secret.Name, key.Fingerprint);
        }
        catch (SealingKeyException error)
        {
            state.SetMalformed(secret.NamespacedName, error.Message);
            Log.UnusableKey(logger, secret.Name, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "registered private key")]
        public static partial void RegisteredPrivateKey(ILogger logger, string secretname, string fingerprint);

        [LoggerMessage(101, LogLevel.Error, "Secret is labelled as a sealing key but holds none; it is left out")]
        public static partial void UnusableKey(ILogger logger, string secretname, string error);
    }
}
