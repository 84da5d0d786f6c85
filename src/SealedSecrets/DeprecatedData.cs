namespace SecretsOps.SealedSecrets;

/// <summary>What to do with a SealedSecret that has <c>spec.data</c> (<c>--accept-deprecated-v1-data</c>; kubeseal's recovery always refuses).</summary>
public enum DeprecatedData
{
    /// <summary>Open it.</summary>
    Accept,

    /// <summary>Refuse the object with upstream's sentence.</summary>
    Refuse,
}
