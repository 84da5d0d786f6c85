using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Kubeseal;

public sealed class KubesealModeTests
{
    private const string Secret = "metadata: {name: db, namespace: shop}\ndata: {a: MQ==}";

    [Fact]
    public async Task CLI_20_the_certificate_comes_from_file_and_file_URL_and_http()
    {
        var pem = await File.ReadAllTextAsync(CliSetup.Certificate);
        using var server = new FakeServer(path => path == "/cert.pem" ? (200, pem) : (404, "no"));

        Assert.Equal(0, (await SealAsync(Secret, "--cert", CliSetup.Certificate)).ExitCode);
        Assert.Equal(0, (await SealAsync(Secret, "--cert", new Uri(CliSetup.Certificate).AbsoluteUri)).ExitCode);
        Assert.Equal(0, (await SealAsync(Secret, "--cert", $"{server.Url}/cert.pem")).ExitCode);
        Assert.Equal($"error: cannot fetch \"{server.Url}/other\": 404 Not Found\n", (await SealAsync(Secret, "--cert", $"{server.Url}/other")).Error);
    }

    [Fact]
    public async Task CLI_21_an_expired_certificate_is_refused_with_its_date()
    {
        using var directory = new TemporaryDirectory();
        using var rsa = RSA.Create(2048);
        var certificate = SelfSigned(rsa, new DateTimeOffset(2015, 4, 9, 10, 0, 0, TimeSpan.Zero));
        var path = directory.Write("old.pem", certificate);

        var run = await SealAsync(Secret, "--cert", path);

        Assert.Equal("error: failed to encrypt using an expired certificate on April 9, 2015\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_certificate_about_to_expire_is_warned_of()
    {
        using var directory = new TemporaryDirectory();
        using var rsa = RSA.Create(2048);
        var end = new DateTimeOffset(2030, 4, 9, 10, 0, 0, TimeSpan.Zero);
        var path = directory.Write("soon.pem", SelfSigned(rsa, end));
        var setup = CliSetup.With(Secret) with { Time = new FixedTime(end.AddDays(-29)) };

        var run = await CliRun.KubesealAsync(setup, "--cert", path);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: the sealing certificate expires on April 9, 2030", run.Error);
    }

    [Fact]
    public async Task CLI_22_certificates_that_are_none_or_not_RSA_are_refused()
    {
        using var directory = new TemporaryDirectory();
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", curve, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        var garbage = await SealAsync(Secret, "--cert", directory.Write("garbage.pem", "hello"));
        var elliptic = await SealAsync(Secret, "--cert", directory.Write("ec.pem", certificate.ExportCertificatePem()));

        Assert.Equal("error: data does not contain any valid RSA or ECDSA certificates\n", garbage.Error);
        Assert.Equal("error: expected RSA public key but found *ecdsa.PublicKey\n", elliptic.Error);
    }

    [Theory]
    [InlineData("error: must provide the --name flag with --raw and --scope strict\n", "--raw")]
    [InlineData("error: must provide only one --from-file when encrypting a single item with --raw\n", "--raw", "--name", "a", "--from-file", "x=/dev/stdin", "--from-file", "/dev/stdin")]
    [InlineData("error: --from-file requires --raw\n", "--from-file", "/dev/stdin")]
    public async Task CLI_28_raw_is_refused_with_the_exact_errors(string error, params string[] flags)
    {
        var run = await SealAsync("value", ["--cert", CliSetup.Certificate, .. flags]);

        Assert.Equal(error, run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task CLI_29_from_file_reads_standard_input_and_passes_over_the_key()
    {
        var run = await SealAsync("value", "--cert", CliSetup.Certificate, "--raw", "--scope", "cluster-wide", "--from-file", "key=/dev/stdin");

        Assert.Equal(4 * ((2 + 256 + 5 + 16 + 2) / 3), run.Output.Length);
        Assert.DoesNotContain("\n", run.Output);
    }

    [Fact]
    public async Task CLI_30_merging_adds_replaces_and_keeps_and_the_targets_name_wins()
    {
        using var directory = new TemporaryDirectory();
        var sealedSecret = await SealAsync("metadata: {name: db, namespace: shop}\ndata: {a: MQ==, b: Mg==}", "--cert", CliSetup.Certificate, "-o", "yaml");
        var target = directory.Write("target.yaml", sealedSecret.Output);

        var run = await SealAsync("metadata: {name: ignored, namespace: elsewhere}\nstringData: {b: two, c: three}", "--cert", CliSetup.Certificate, "--merge-into", target);
        var recovered = await RecoverAsync(await File.ReadAllBytesAsync(target), "--recovery-private-key", CliSetup.PrivateKey);

        Assert.Equal("", run.Error + run.Output);
        Assert.Equal("""{"a":"MQ==","b":"dHdv","c":"dGhyZWU="}""", JsonNode.Parse(recovered.Output)!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task CLI_31_merging_into_yaml_keeps_yaml_comments_and_layout()
    {
        using var directory = new TemporaryDirectory();
        var sealedSecret = await SealAsync("metadata: {name: db, namespace: shop}\ndata: {a: MQ==, c: Mw==}", "--cert", CliSetup.Certificate, "-o", "yaml");
        var commented = sealedSecret.Output.Replace("spec:\n", "# who owns this\nspec:\n").Replace("  template:", "  # the template\n  template:");
        var target = directory.Write("target.yaml", commented);

        await SealAsync("metadata: {name: db, namespace: shop}\nstringData: {b: two}", "--cert", CliSetup.Certificate, "--merge-into", target);

        var lines = (await File.ReadAllTextAsync(target)).Split('\n').ToList();
        var added = lines.FindIndex(line => line.StartsWith("    b: A"));
        Assert.StartsWith("    a: ", lines[added - 1]);
        lines.RemoveAt(added);
        Assert.Equal(commented, string.Join('\n', lines));
    }

    [Theory]
    [InlineData("rsa2048.key")]
    [InlineData("new.key,rsa2048.key")]
    public async Task CLI_35_recovery_takes_key_files_comma_separated_and_repeated(string files)
    {
        var sealedSecret = await SealAsync(Secret, "--cert", CliSetup.Certificate);
        var paths = string.Join(',', files.Split(',').Select(file => Path.Combine(CliSetup.Keys, file)));

        var comma = await RecoverAsync(sealedSecret.OutputBytes, "--recovery-private-key", paths);
        var repeated = await RecoverAsync(sealedSecret.OutputBytes, [.. paths.Split(',').SelectMany(path => new[] { "--recovery-private-key", path })]);

        Assert.Equal(0, comma.ExitCode);
        Assert.Equal(comma.Output, repeated.Output);
    }

    [Fact]
    public async Task CLI_35_recovery_takes_a_key_secret_and_a_list_in_json()
    {
        using var directory = new TemporaryDirectory();
        var sealedSecret = await SealAsync(Secret, "--cert", Path.Combine(CliSetup.Keys, "new.crt"));
        var list = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(CliSetup.Keys, "backup-list.json")))!;
        var rings = list["items"]!.AsArray().Select(item => directory.Write($"{item!["metadata"]!["name"]}.json", item.ToJsonString())).ToArray();

        Assert.Equal(0, (await RecoverAsync(sealedSecret.OutputBytes, "--recovery-private-key", Path.Combine(CliSetup.Keys, "backup-list.json"))).ExitCode);
        Assert.Equal(0, (await RecoverAsync(sealedSecret.OutputBytes, "--recovery-private-key", string.Join(',', rings))).ExitCode);
    }

    [Fact]
    public async Task CLI_36_recovery_without_the_right_key_names_the_items()
    {
        var sealedSecret = await SealAsync("metadata: {name: db, namespace: shop}\ndata: {b: MQ==, a: MQ==}", "--cert", Path.Combine(CliSetup.Keys, "new.crt"));

        var run = await RecoverAsync(sealedSecret.OutputBytes, "--recovery-private-key", Path.Combine(CliSetup.Keys, "old.key"));

        Assert.Equal("error: no key could decrypt secret (a, b)\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task CLI_35_recovery_refuses_the_deprecated_form_in_upstreams_words()
    {
        var run = await RecoverAsync("kind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {data: AgAA, encryptedData: {}}\n"u8.ToArray(), "--recovery-private-key", CliSetup.PrivateKey);

        Assert.Equal("error: using deprecated 'data' field, use 'encryptedData' or flip the feature flag\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task CLI_37_variables_set_flags_and_the_command_line_wins()
    {
        var setup = CliSetup.With("metadata: {name: a}\ndata: {a: MQ==}") with
        {
            Variables = new()
            {
                ["SEALED_SECRETS_CERT"] = CliSetup.Certificate,
                ["SEALED_SECRETS_FORMAT"] = "yaml",
                ["SEALED_SECRETS_NAMESPACE"] = "by-variable",
                ["SEALED_SECRETS_SCOPE"] = "namespace-wide",
                ["SEALED_SECRETS_RAW"] = "not a boolean, so ignored",
            },
        };

        var byVariable = await CliRun.KubesealAsync(setup);
        var byFlag = await CliRun.KubesealAsync(setup, "-n=by-flag", "--format=json", "--scope=strict");

        Assert.Contains("namespace: by-variable", byVariable.Output);
        Assert.Contains("sealedsecrets.bitnami.com/namespace-wide: \"true\"", byVariable.Output);
        Assert.Contains("\"namespace\": \"by-flag\"", byFlag.Output);
        Assert.DoesNotContain("namespace-wide", byFlag.Output);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--version=true")]
    public async Task CLI_38_version_is_printed(string flag)
    {
        var run = await SealAsync("", flag);

        Assert.Matches(@"^kubeseal version: \d+\.\d+\.\d+\S*\n$", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task CLI_38_help_is_the_usage_on_standard_output(string flag)
    {
        var run = await SealAsync("", flag);

        Assert.StartsWith("Usage of kubeseal:\n", run.Output);
        Assert.Contains("--recovery-private-key strings", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("unknown flag: --nonsense", "--nonsense")]
    [InlineData("unknown shorthand flag: 'x' in -x", "-x")]
    [InlineData("flag needs an argument: --cert", "--cert")]
    [InlineData("flag needs an argument: 'n' in -n", "-n")]
    [InlineData("invalid argument \"wide\" for \"--scope\" flag: must be one of: strict, namespace-wide, cluster-wide", "--scope", "wide")]
    [InlineData("invalid argument \"x\" for \"--raw\" flag: strconv.ParseBool: parsing \"x\": invalid syntax", "--raw=x")]
    [InlineData("bad flag syntax: --=x", "--=x")]
    public async Task CLI_39_flags_that_do_not_parse_print_usage_on_standard_output_and_leave_with_2(string message, params string[] flags)
    {
        var run = await SealAsync("", flags);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.StartsWith(message + "\nUsage of kubeseal:\n", run.Output);
        Assert.EndsWith("\n" + message + "\n", run.Output);
    }

    [Fact]
    public async Task CLI_40_an_error_has_its_prefix_and_code_1()
    {
        var run = await SealAsync(Secret, "--cert", CliSetup.Certificate, "-o", "xml");

        Assert.Equal("error: unsupported output format: xml\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("(tty detected: expecting json/yaml k8s resource in stdin)\n")]
    [InlineData("(tty detected: expecting a secret to encrypt in stdin)\n", "--raw", "--scope", "cluster-wide")]
    public async Task CLI_41_a_terminal_is_told_what_is_expected(string note, params string[] flags)
    {
        var run = await CliRun.KubesealAsync(CliSetup.With(Secret) with { IsInputTerminal = true }, ["--cert", CliSetup.Certificate, .. flags]);

        Assert.Equal(note, run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task CLI_42_a_missing_input_file_has_its_own_words() =>
        Assert.Equal("error: Could not read file specified with --secret-file\n", (await SealAsync("", "--cert", CliSetup.Certificate, "-f", "/nonexistent")).Error);

    private static Task<CliRun> SealAsync(string input, params string[] flags) => CliRun.KubesealAsync(CliSetup.With(input), flags);

    private static Task<CliRun> RecoverAsync(byte[] sealedSecret, params string[] flags) =>
        CliRun.KubesealAsync(new CliSetup { Input = sealedSecret }, ["--recovery-unseal", .. flags]);

    private static string SelfSigned(RSA rsa, DateTimeOffset notAfter)
    {
        var request = new CertificateRequest("", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(notAfter.AddYears(-1), notAfter);
        return certificate.ExportCertificatePem();
    }
}
