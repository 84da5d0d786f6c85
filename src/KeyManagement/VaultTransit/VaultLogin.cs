namespace SecretsOps.KeyManagement.VaultTransit;

/// <summary>How to get a token from Vault or OpenBao.</summary>
internal abstract record VaultLogin
{
    /// <summary>A fixed token.</summary>
    public sealed record Token(string Value) : VaultLogin
    {
        public override string ToString() => "a fixed token";
    }

    /// <summary>A workload's token, for the auth methods <c>kubernetes</c> and <c>jwt</c>; given the server's address, which is its audience unless another is set.</summary>
    public sealed record Workload(string Mount, string Role, Func<string, CancellationToken, Task<string>> Jwt) : VaultLogin;

    /// <summary>The auth method <c>approle</c>.</summary>
    public sealed record AppRole(string Mount, string RoleId, string SecretId) : VaultLogin
    {
        public override string ToString() => $"AppRole {RoleId}";
    }
}
