using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>The wrapped keys in the files that real sops 3.13 wrote.</summary>
public sealed partial class VectorTests : IDisposable
{
    private static readonly string Vectors = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops");

    private readonly TestEnvironment _environment = new();

    public void Dispose() => _environment.Dispose();

    [Theory]
    [InlineData("age-pq", "age-pq.txt", "pq")]
    [InlineData("yaml-simple", "age1.txt", "age1")]
    public async Task Age_identities_open_what_sops_wrote(string name, string identities, string recipient)
    {
        _environment["SOPS_AGE_KEY_FILE"] = Path.Combine(Vectors, "keys", identities);

        using var dataKey = await _environment.Service().UnwrapAsync(new AgeMasterKey(Fingerprint("age", recipient)), WrappedKeys(name, "AGE ENCRYPTED FILE").First(), default);

        Assert.Equal(32, dataKey.Length);
    }

    [Theory]
    [InlineData("age-ssh-ed25519", "ssh_ed25519")]
    [InlineData("age-ssh-rsa", "ssh_rsa")]
    public async Task Ssh_keys_open_what_sops_wrote(string name, string key)
    {
        _environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = Path.Combine(Vectors, "keys", key);

        using var dataKey = await _environment.Service().UnwrapAsync(new AgeMasterKey(Fingerprint("ssh", key)), WrappedKeys(name, "AGE ENCRYPTED FILE").First(), default);

        Assert.Equal(32, dataKey.Length);
    }

    [Theory]
    [InlineData("pgp-rsa", "enc.yaml", "pgp1")]
    [InlineData("pgp-ecc", "enc.json", "pgp2")]
    public async Task Exported_pgp_keys_open_what_sops_wrote_without_gpg(string name, string file, string key)
    {
        var secret = new Dictionary<string, byte[]> { ["k.asc"] = await File.ReadAllBytesAsync(Path.Combine(Vectors, "keys", key + ".asc")) };

        using var dataKey = await new LocalKeyService(KeyCredentials.FromSecretData(secret))
            .UnwrapAsync(new OpenPgpMasterKey(Fingerprint("pgp", key)), WrappedKeys(name, "PGP MESSAGE", file).First(), default);

        Assert.Equal(32, dataKey.Length);
    }

    private static string Fingerprint(string kind, string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Vectors, "keys", "fingerprints.json")))![kind]![name]!.ToString();

    private static IEnumerable<string> WrappedKeys(string name, string label, string file = "enc.yaml")
    {
        var text = File.ReadAllText(Path.Combine(Vectors, "cases", name, file)).Replace("\\n", "\n", StringComparison.Ordinal);
        var lines = text.Split('\n').Select(line => line.Trim());
        return Block().Matches(string.Join('\n', lines)).Select(match => match.Value).Where(block => block.Contains(label, StringComparison.Ordinal));
    }

    [GeneratedRegex("-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----.*?-----END (AGE ENCRYPTED FILE|PGP MESSAGE)-----", RegexOptions.Singleline)]
    private static partial Regex Block();
}
