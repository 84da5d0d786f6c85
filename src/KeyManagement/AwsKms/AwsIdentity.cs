namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>An access key, perhaps temporary. Prints its public half only.</summary>
internal sealed record AwsIdentity(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    public override string ToString() => AccessKeyId;
}
