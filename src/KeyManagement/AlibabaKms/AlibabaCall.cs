namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>One action of an RPC-style API of Alibaba Cloud: all parameters are in the query.</summary>
internal sealed record AlibabaCall(Uri Endpoint, string Version, string Action, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>A number used once; a new one for each attempt.</summary>
    public string Nonce { get; init; } = Guid.NewGuid().ToString("N");
}
