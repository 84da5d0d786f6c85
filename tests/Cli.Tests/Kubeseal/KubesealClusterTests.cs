using System.Text.Json.Nodes;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Kubeseal;

public sealed class KubesealClusterTests
{
    private const string ServicePath = "/api/v1/namespaces/kube-system/services/sealed-secrets-controller";

    private static readonly string Pem = File.ReadAllText(CliSetup.Certificate);

    [Theory]
    [InlineData("http", "http:sealed-secrets-controller:http")]
    [InlineData("", "http:sealed-secrets-controller:")]
    public async Task CLI_25_the_service_is_looked_up_and_its_port_name_used(string port, string proxied)
    {
        using var server = new FakeServer(path => Answer(path, port));

        var run = await CliRun.KubesealAsync(CliSetup.With("metadata: {name: a, namespace: b}\ndata: {a: MQ==}"), "--server", server.Url);

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([$"GET {ServicePath}", $"GET /api/v1/namespaces/kube-system/services/{proxied}/proxy/v1/cert.pem"], server.Requests);
    }

    [Fact]
    public async Task CLI_24_fetch_cert_prints_the_bytes_served_and_honours_w()
    {
        using var directory = new TemporaryDirectory();
        using var server = new FakeServer(path => Answer(path, "http"));
        var target = directory.Combine("cert.pem");

        var printed = await CliRun.KubesealAsync(new CliSetup(), "--fetch-cert", "--server", server.Url);
        await CliRun.KubesealAsync(new CliSetup(), "--fetch-cert", "--server", server.Url, "-w", target);

        Assert.Equal(Pem, printed.Output);
        Assert.Equal(Pem, await File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task CLI_26_a_missing_service_gives_the_two_line_error()
    {
        using var server = new FakeServer(_ => (404, """{"kind":"Status","status":"Failure","message":"services \"sealed-secrets-controller\" not found","reason":"NotFound","code":404}"""));

        var run = await CliRun.KubesealAsync(new CliSetup(), "--fetch-cert", "--server", server.Url);

        Assert.Equal(
            "error: cannot get sealed secret service: services \"sealed-secrets-controller\" not found.\nPlease, use the flag --controller-name and --controller-namespace to set up the name and namespace of the sealed secrets controller\n",
            run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData(200, 0, "")]
    [InlineData(409, 1, "error: unable to decrypt sealed secret: a\n")]
    public async Task CLI_32_validate_is_silent_or_names_the_object(int status, int exitCode, string error)
    {
        using var server = new FakeServer(path => path.EndsWith("/verify") ? (status, "") : Answer(path, "http"));

        var run = await CliRun.KubesealAsync(CliSetup.With("kind: SealedSecret\nmetadata: {name: a}\n---\nkind: SealedSecret\nmetadata: {name: a}\n"), "--validate", "--server", server.Url);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(error, run.Error);
        Assert.Equal("", run.Output);
        Assert.Equal(exitCode == 0 ? 2 : 1, server.Requests.Count(request => request.EndsWith("/verify")));
    }

    [Theory]
    [InlineData(400, "", "the server rejected our request for an unknown reason (post services http:sealed-secrets-controller:http)")]
    [InlineData(404, "", "the server could not find the requested resource (post services http:sealed-secrets-controller:http)")]
    [InlineData(500, "", "an error on the server (\"\") has prevented the request from succeeding (post services http:sealed-secrets-controller:http)")]
    [InlineData(503, """{"kind":"Status","message":"error trying to reach service: connection refused"}""", "error trying to reach service: connection refused")]
    public async Task CLI_32_CLI_33_a_refusal_is_told_in_the_words_of_client_go(int status, string body, string words)
    {
        using var server = new FakeServer(path => path.Contains("/v1/") && !path.EndsWith("cert.pem") && path.Contains("/proxy/") ? (status, body) : Answer(path, "http"));
        var sealedSecret = CliSetup.With("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {}}\n");

        var validated = await CliRun.KubesealAsync(sealedSecret, "--validate", "--server", server.Url);
        var rotated = await CliRun.KubesealAsync(sealedSecret, "--re-encrypt", "--server", server.Url);

        Assert.Equal($"error: cannot validate sealed secret: {words}\n", validated.Error);
        Assert.Equal($"error: cannot re-encrypt secret: {words}\n", rotated.Error);
    }

    [Fact]
    public async Task CLI_33_CLI_34_reencrypting_in_place_changes_values_and_keeps_the_rest()
    {
        const string File = """
            # keep me
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
            metadata:
              name: a
              namespace: b
            spec:
              encryptedData:
                one: AgOLD # and me
              template:
                data:
                  url: 'https://{{ .one }}'
                metadata:
                  labels:
                    app: web

            """;
        using var directory = new TemporaryDirectory();
        using var server = new FakeServer(path => path.EndsWith("/rotate")
            ? (200, """{"metadata":{"name":"a","namespace":"b"},"spec":{"template":{"metadata":{"name":"a"}},"encryptedData":{"one":"AgNEW"}}}""")
            : Answer(path, "http"));
        var path = directory.Write("sealed.yaml", File);

        var inPlace = await CliRun.KubesealAsync(new CliSetup(), "--re-encrypt", "-f", path, "--server", server.Url);
        var printed = await CliRun.KubesealAsync(CliSetup.With(File), "--rotate", "--server", server.Url);

        Assert.Equal("", inPlace.Error + inPlace.Output);
        Assert.Equal(File.Replace("AgOLD", "AgNEW"), await System.IO.File.ReadAllTextAsync(path));
        Assert.StartsWith("Flag --rotate has been deprecated, please use --re-encrypt instead\n{", printed.Output);
        var json = JsonNode.Parse(printed.Output[printed.Output.IndexOf('{')..])!;
        Assert.Equal("AgNEW", json["spec"]!["encryptedData"]!["one"]!.GetValue<string>());
        Assert.Equal("web", json["spec"]!["template"]!["metadata"]!["labels"]!["app"]!.GetValue<string>());
    }

    private static (int Status, string Body) Answer(string path, string port) => path switch
    {
        ServicePath => (200, """{"kind":"Service","apiVersion":"v1","metadata":{"name":"x"},"spec":{"ports":[{"name":"PORT","port":8080}]}}""".Replace("PORT", port)),
        _ when path.EndsWith("/proxy/v1/cert.pem", StringComparison.Ordinal) => (200, Pem),
        _ => (404, "{}"),
    };
}
