namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>The environment that gives a run the private keys of a case.</summary>
internal static class SopsIdentities
{
    private const string Nowhere = "/nonexistent";

    /// <summary>Every test key.</summary>
    public static Dictionary<string, string> All => With("all-age.txt", "age-pq.txt", "ssh_ed25519", "ssh_rsa", "pgp1.asc", "pgp2.asc", "pgp3.asc");

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
        "shamir-2-of-3" or "shamir-2-of-3-json" or "updatekeys-groups" or "rotate-add-rm" or "updatekeys" or "groups-multi-recipients" => With("all-age.txt", "pgp1.asc", "pgp2.asc", "pgp3.asc"),
        "shamir-default-threshold" => With("age1.txt", "age2.txt", "pgp1.asc"),
        _ => With("age1.txt"),
    };

    private static string PathOf(string file) => Path.Combine(SopsVectors.Root, "keys", file);

    private static string Read(string file) => File.ReadAllText(PathOf(file));
}
