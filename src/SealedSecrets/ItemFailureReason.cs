namespace SecretsOps.SealedSecrets;

/// <summary>Why a value could not be opened, as far as the key holder may know.</summary>
public enum ItemFailureReason
{
    /// <summary>No key of the ring opens it under the object's label.</summary>
    NoKey,

    /// <summary>It is not base64.</summary>
    NotBase64,

    /// <summary>It is too short to be a sealed value.</summary>
    TooShort,

    /// <summary>The object mixes or uses forms it must not.</summary>
    Form,
}
