using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>The environment that gives a run the private keys of a case.</summary>
internal static class SopsIdentities
{
    private const string Nowhere = "/nonexistent";

    private static readonly Lazy<FakeAwsKms> Kms = new(StartKms);

    /// <summary>Every test key.</summary>
    public static Dictionary<string, string> All => WithKms("all-age.txt", "age-pq.txt", "ssh_ed25519", "ssh_rsa", "pgp1.asc", "pgp2.asc", "pgp3.asc");

    /// <summary>Files of <c>keys/</c>, and an AWS KMS on loopback that also opens what the recorded one wrapped.</summary>
    public static Dictionary<string, string> WithKms(params string[] files)
    {
        var variables = With(files);
        using var environment = new TestEnvironment();
        Kms.Value.Configure(environment);
        foreach (var (name, value) in environment.Variables.Where(variable => variable.Key.StartsWith("AWS_", StringComparison.Ordinal)))
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>No key at all.</summary>
    public static Dictionary<string, string> None => With();

    /// <summary>Only the named files of <c>keys/</c>.</summary>
    public static Dictionary<string, string> With(params string[] files)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Nowhere,
            ["GNUPGHOME"] = files.Any(file => file.EndsWith(".asc", StringComparison.Ordinal)) ? GnuPgHomes.With(files) : Nowhere,
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
        };
        variables["SOPS_AGE_KEY"] = string.Join('\n', files.Where(file => file.Contains("age", StringComparison.Ordinal)).Select(Read));
        if (variables["SOPS_AGE_KEY"].Length == 0)
        {
            variables.Remove("SOPS_AGE_KEY");
        }

        if (files.FirstOrDefault(file => file.StartsWith("ssh", StringComparison.Ordinal)) is { } ssh)
        {
            variables["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = PathOf(ssh);
        }

        return variables;
    }

    /// <summary>The keys that a case's name or note asks for.</summary>
    public static Dictionary<string, string> For(string name) => name switch
    {
        "bad-no-identity" => None,
        "bad-wrong-identity" => With("age2.txt"),
        "ok-shamir-two-of-three" => With("age1.txt", "age2.txt"),
        "bad-shamir-one-of-three" => With("age1.txt"),
        "ok-shamir-pgp-plus-age" => With("pgp1.asc", "age1.txt"),
        "age-pq" => With("age-pq.txt"),
        "age-ssh-ed25519" => With("ssh_ed25519"),
        "age-ssh-rsa" => With("ssh_rsa"),
        "pgp-rsa" => With("pgp1.asc"),
        "pgp-ecc" => With("pgp2.asc"),
        "pgp-two" => With("pgp1.asc", "pgp3.asc"),
        "pgp-and-age" => With("pgp3.asc"),
        "kms" or "kms-context" => WithKms(),
        "shamir-2-of-3" or "shamir-2-of-3-json" or "updatekeys-groups" or "rotate-add-rm" or "updatekeys" or "groups-multi-recipients" => With("all-age.txt", "pgp1.asc", "pgp2.asc", "pgp3.asc"),
        "shamir-default-threshold" => With("age1.txt", "age2.txt", "pgp1.asc"),
        _ => With("age1.txt"),
    };

    private static FakeAwsKms StartKms()
    {
        var server = new FakeAwsKms();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        server.Replay(PathOf("kms-transcript.json"));
        return server;
    }

    private static string PathOf(string file) => Path.Combine(SopsVectors.Root, "keys", file);

    private static string Read(string file) => File.ReadAllText(PathOf(file));
}
