using System.Text.Json.Nodes;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.Testing.KeyServices;

/// <summary>A transit engine of Vault with a token and three logins, in a namespace.</summary>
public sealed class FakeVault : FakeKeyService
{
    public const string Token = "s.fixed-token";
    public const string LoginToken = "hvs.from-login";

    private readonly ToyVault _vault = new();

    public override MasterKey Key => new VaultTransitMasterKey(Address, "team/transit", "sops");

    public override MasterKey OtherKey => new VaultTransitMasterKey(Address, "team/transit", "other");

    public override IReadOnlyList<string> Secrets { get; } = [Token, LoginToken, "jwt-of-the-workload", "secret-id"];

    public override string RefusalWord => "permission denied";

    /// <summary>How many key operations a login's token is good for.</summary>
    public int LoginTokenUses { get; set; } = int.MaxValue;

    public override void Configure(TestEnvironment environment)
    {
        environment["VAULT_TOKEN"] = Token;
        environment["VAULT_NAMESPACE"] = "team/a";
    }

    public override void ConfigureWrongSecret(TestEnvironment environment) => environment["VAULT_TOKEN"] = WrongSecret;

    public override void ConfigureWithoutCredentials(TestEnvironment environment) => environment["VAULT_NAMESPACE"] = "team/a";

    protected override bool IsKeyOperation(LoopbackRequest request) => !request.Path.StartsWith("/v1/auth/", StringComparison.Ordinal);

    protected override LoopbackReply Throttle() => new(429, """{"errors":["request path: rate limit quota exceeded"]}""") { Headers = new Dictionary<string, string> { ["Retry-After"] = "0" } };

    protected override LoopbackReply Refuse() => Errors(403, "1 error occurred:\n\t* permission denied\n\n");

    protected override LoopbackReply Answer(LoopbackRequest request)
    {
        if (request.Header("x-vault-namespace") != "team/a" || request.Header("x-vault-request") != "true")
        {
            return Errors(404, "no handler for route");
        }

        return request.Path switch
        {
            "/v1/auth/kubernetes/login" when request.Json["role"]!.ToString() == "decrypt" && IsTrusted(request) => LogIn(),
            "/v1/auth/jwt/login" when request.Json["role"]!.ToString() == "decrypt" && IsTrusted(request) => LogIn(),
            "/v1/auth/approle/login" when request.Json["role_id"]!.ToString() == "role-id" && request.Json["secret_id"]!.ToString() == "secret-id" => LogIn(),
            "/v1/team/transit/encrypt/sops" when IsAllowed(request) => Encrypt(request),
            "/v1/team/transit/decrypt/sops" when IsAllowed(request) => Decrypt(request),
            "/v1/team/transit/encrypt/other" or "/v1/team/transit/decrypt/other" => Errors(400, "encryption key not found"),
            _ => Errors(403, "permission denied"),
        };
    }

    private bool IsAllowed(LoopbackRequest request) =>
        request.Header("x-vault-token") == Token || (request.Header("x-vault-token") == LoginToken && LoginTokenUses-- > 0);

    private bool IsTrusted(LoopbackRequest request) => request.Json["jwt"]!.ToString() is var jwt && (jwt == "jwt-of-the-workload" || TrustsToken(jwt));

    private LoopbackReply LogIn()
    {
        LoginTokenUses = Math.Max(LoginTokenUses, 1);
        return LoopbackReply.Ok(new JsonObject { ["auth"] = new JsonObject { ["client_token"] = LoginToken, ["lease_duration"] = 3600, ["renewable"] = true } });
    }

    private LoopbackReply Encrypt(LoopbackRequest request)
    {
        var blob = _vault.Encrypt("sops", Convert.FromBase64String(request.Json["plaintext"]!.ToString()));
        return LoopbackReply.Ok(new JsonObject { ["data"] = new JsonObject { ["ciphertext"] = "vault:v1:" + Convert.ToBase64String(blob) } });
    }

    private LoopbackReply Decrypt(LoopbackRequest request)
    {
        var blob = new byte[4096];
        var text = request.Json["ciphertext"]!.ToString();
        return text.StartsWith("vault:v1:", StringComparison.Ordinal)
            && Convert.TryFromBase64String(text["vault:v1:".Length..], blob, out var length)
            && _vault.TryDecrypt("sops", blob.AsSpan(..length)) is { } plaintext
            ? LoopbackReply.Ok(new JsonObject { ["data"] = new JsonObject { ["plaintext"] = Convert.ToBase64String(plaintext) } })
            : Errors(400, "invalid ciphertext: unable to decrypt");
    }

    private static LoopbackReply Errors(int status, string error) => new(status, new JsonObject { ["errors"] = new JsonArray(error) });
}
