using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Rendering;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Decryption;

/// <summary>Rows 166 to 170 of the SOPS checklist, as this engine has them: whole files are opened and verified before rendering, and no ciphertext passes after it.</summary>
public sealed partial class SourceDecryptionTests
{
    private static readonly string Identity = File.ReadAllText(RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops", "keys", "age1.txt"));

    private readonly LocalKeyService _keys = new(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["a.agekey"] = Encoding.UTF8.GetBytes(Identity) }));

    [Theory]
    [InlineData("secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n    password: hunter2\n")]
    [InlineData("patch.json", "{\n\t\"stringData\": {\n\t\t\"password\": \"hunter2\"\n\t}\n}\n")]
    [InlineData("app.env", "PASSWORD=hunter2\n")]
    [InlineData("app.ini", "[db]\npassword = hunter2\n")]
    [InlineData("tls.key", "hunter2")]
    public async Task Row_166_Files_of_every_format_are_opened_before_they_are_read(string name, string plain)
    {
        var encrypted = await EncryptAsync(name, plain);
        Assert.DoesNotContain("hunter2", Encoding.UTF8.GetString(encrypted), StringComparison.Ordinal);

        using var opened = await new SopsFileDecryptor(_keys).TryDecryptAsync(name, encrypted, CancellationToken.None);

        Assert.Equal(plain.TrimEnd('\n'), Encoding.UTF8.GetString(opened!.Span).TrimEnd('\n'));
        Assert.Null(await new SopsFileDecryptor(_keys).TryDecryptAsync(name, Encoding.UTF8.GetBytes(plain), CancellationToken.None));
    }

    [Fact]
    public async Task Row_166_A_file_whose_plain_part_was_changed_is_refused_and_named()
    {
        var encrypted = Encoding.UTF8.GetString(await EncryptAsync("secret.yaml", "name_unencrypted: web\npassword: hunter2\n"));

        var refused = await Assert.ThrowsAsync<DecryptionException>(() => new SopsFileDecryptor(_keys).TryDecryptAsync("secret.yaml", Encoding.UTF8.GetBytes(encrypted.Replace("web", "db", StringComparison.Ordinal)), CancellationToken.None));

        Assert.Contains("'secret.yaml' cannot be decrypted: MAC mismatch", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"t","namespace":"shop"},"sops":{"mac":"ENC[AES256_GCM,data:x]"}}""", "sops")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t","namespace":"shop"},"stringData":{"password":"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}}""", "/stringData/password")]
    public void Row_167_and_170_An_object_that_still_carries_ciphertext_is_refused_by_name(string json, string place)
    {
        var manifest = new Manifest(new KubernetesObject(JsonNode.Parse(json)!.AsObject()), "all.yaml");

        var refused = Assert.Throws<DecryptionException>(() => CiphertextGuard.Check(manifest));

        Assert.Contains("shop/t", refused.Message, StringComparison.Ordinal);
        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Entries of a Secret's data arrive opened, because the files they are made from are opened first.</summary>
    [Fact]
    public async Task Row_168_The_content_of_a_data_entry_is_opened_with_its_file()
    {
        var encrypted = await EncryptAsync("config.yaml", "password: hunter2\n");

        using var opened = await new SopsFileDecryptor(_keys).TryDecryptAsync("config.yaml", encrypted, CancellationToken.None);
        var secret = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = "s" }, ["data"] = new JsonObject { ["config.yaml"] = Convert.ToBase64String(opened!.Span) } };

        CiphertextGuard.Check(new Manifest(new KubernetesObject(secret), "all.yaml"));
        Assert.Equal("password: hunter2\n", Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["config.yaml"]!)));
    }

    [Fact]
    public async Task Row_169_An_object_annotated_in_Fluxs_way_passes_as_it_is()
    {
        const string Plain = "apiVersion: v1\nkind: Secret\nmetadata:\n    name: s\n    annotations:\n        kustomize.toolkit.fluxcd.io/decrypt: Disabled\nstringData:\n    password: hunter2\n";
        var encrypted = await EncryptAsync("s.yaml", Plain, "^stringData$");
        var annotated = JsonNode.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","annotations":{"kustomize.toolkit.fluxcd.io/decrypt":"Disabled"}},"sops":{"mac":"ENC[AES256_GCM,data:x]"}}""")!.AsObject();

        Assert.Null(await new SopsFileDecryptor(_keys).TryDecryptAsync("s.yaml", encrypted, CancellationToken.None));
        CiphertextGuard.Check(new Manifest(new KubernetesObject(annotated), "s.yaml"));
    }

    [Fact]
    public async Task A_SopsSecret_passes_to_its_own_controller()
    {
        var encrypted = await EncryptAsync("s.yaml", "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata:\n    name: s\nspec:\n    secretTemplates:\n        - name: s\n", "^secretTemplates$");

        Assert.Null(await new SopsFileDecryptor(_keys).TryDecryptAsync("s.yaml", encrypted, CancellationToken.None));
    }

    private Task<byte[]> EncryptAsync(string name, string plain, string? encryptedRegex = null) => SopsEncryptor.EncryptAsync(
        Encoding.UTF8.GetBytes(plain),
        SopsFormats.ForPath(name),
        _keys,
        new EncryptOptions
        {
            KeyGroups = [[new AgeMasterKey(PublicKey().Match(Identity).Value)]],
            Rule = encryptedRegex is null ? null : new Sops.Tree.SelectionRule(Sops.Tree.SelectionRuleKind.EncryptedRegex, encryptedRegex),
        },
        CancellationToken.None);

    [GeneratedRegex("age1[a-z0-9]{50,}")]
    private static partial Regex PublicKey();
}
