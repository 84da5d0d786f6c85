using SecretsOps.KeyManagement;

namespace SecretsOps.Testing.KeyServices;

/// <summary>A fake cloud service with one key, for the contract tests: it checks signatures and tokens with code of its own.</summary>
public abstract class FakeKeyService : LoopbackServer
{
    /// <summary>A secret that no service knows.</summary>
    protected const string WrongSecret = "wrong-secret-of-a-test";

    /// <summary>A key that the service knows.</summary>
    public abstract MasterKey Key { get; }

    /// <summary>A key like it that the service does not know, or another context.</summary>
    public abstract MasterKey OtherKey { get; }

    /// <summary>Secrets that must not show up in any message.</summary>
    public abstract IReadOnlyList<string> Secrets { get; }

    /// <summary>A word of the refusal that the user must see.</summary>
    public abstract string RefusalWord { get; }

    /// <summary>Judges tokens of service accounts beside the fixed one, as the service would by asking their issuer.</summary>
    public Func<string, bool> TrustsToken { get; set; } = _ => false;

    /// <summary>Sets the variables with which the client finds this server and logs in.</summary>
    public abstract void Configure(TestEnvironment environment);

    /// <summary>After <see cref="Configure"/>: puts another secret in the place of the one that signs or logs in.</summary>
    public abstract void ConfigureWrongSecret(TestEnvironment environment);

    /// <summary>Sets variables that lead nowhere, so that no credentials are found, quickly.</summary>
    public abstract void ConfigureWithoutCredentials(TestEnvironment environment);
}
