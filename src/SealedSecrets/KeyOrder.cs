namespace SecretsOps.SealedSecrets;

/// <summary>By which time keys are ordered (<c>--key-order-priority</c>).</summary>
public enum KeyOrder
{
    /// <summary>The certificate's NotBefore.</summary>
    CertNotBefore,

    /// <summary>The creation of the key Secret.</summary>
    SecretCreationTimestamp,
}
