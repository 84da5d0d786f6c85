namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>An access key of Alibaba Cloud, perhaps temporary. Prints its public half only.</summary>
internal sealed record AlibabaIdentity(string AccessKeyId, string AccessKeySecret, string? SecurityToken)
{
    public override string ToString() => AccessKeyId;
}
