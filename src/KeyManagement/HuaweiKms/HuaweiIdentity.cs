namespace SecretsOps.KeyManagement.HuaweiKms;

/// <summary>An access key of Huawei Cloud, perhaps temporary. Prints its public half only.</summary>
internal sealed record HuaweiIdentity(string AccessKey, string SecretKey, string? SecurityToken)
{
    public override string ToString() => AccessKey;
}
