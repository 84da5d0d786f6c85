using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>Credentials that a program prints (client.authentication.k8s.io), kept until they expire or are refused.</summary>
internal sealed class ExecPlugin(ExecPluginCommand command, TimeProvider timeProvider) : CredentialSource, IDisposable
{
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1);
    private ExecCredential? _current;

    public override X509Certificate2? ClientCertificate => Volatile.Read(ref _current)?.ClientCertificate;

    public override async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credential = await CurrentAsync(cancellationToken);
        if (credential.Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Token);
        }
    }

    public override bool Refused() => Interlocked.Exchange(ref _current, null) is not null;

    public void Dispose() => _gate.Dispose();

    public override string ToString() => $"credential plugin '{command.Program}'";

    private async Task<ExecCredential> CurrentAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _current) is { } fresh && !IsExpiring(fresh))
        {
            return fresh;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_current is null || IsExpiring(_current))
            {
                Volatile.Write(ref _current, ExecCredential.Parse(await RunAsync(cancellationToken), command));
            }

            return _current!;
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsExpiring(ExecCredential credential) => credential.Expiry <= timeProvider.GetUtcNow() + ExpiryMargin;

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardOutput = true, // stdin and stderr stay the user's: plugins ask and explain there
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = command.Info;
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output
                : throw new KubeconfigException($"{command.Place}: credential plugin '{command.Program}' exited with code {process.ExitCode}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new KubeconfigException($"{command.Place}: cannot run credential plugin '{command.Program}': {e.Message}{command.Hint}", e);
        }
    }
}

/// <summary>How to run a plugin, and where it was configured.</summary>
internal sealed record ExecPluginCommand(
    string Place, string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string Info, string InstallHint)
{
    internal string Hint => InstallHint.Length == 0 ? "" : $"; {InstallHint.Trim()}";
}

/// <summary>What a plugin printed.</summary>
internal sealed record ExecCredential(string Token, X509Certificate2? ClientCertificate, DateTimeOffset Expiry)
{
    internal static ExecCredential Parse(string output, ExecPluginCommand command)
    {
        var status = Status(output, command);
        var certificate = Text(status, "clientCertificateData");
        var key = Text(status, "clientKeyData");
        var token = Text(status, "token");
        if (token.Length == 0 && certificate.Length == 0)
        {
            throw new KubeconfigException($"{command.Place}: credential plugin '{command.Program}' printed neither a token nor a client certificate");
        }

        var pair = certificate.Length == 0
            ? null
            : PemCertificates.ReadWithKey(
                Encoding.UTF8.GetBytes(certificate), $"{command.Place}: clientCertificateData", Encoding.UTF8.GetBytes(key), $"{command.Place}: clientKeyData");
        return new ExecCredential(token, pair?[0], ExpiryOf(status));
    }

    public override string ToString() => $"credential until {Expiry:O}";

    private static JsonObject Status(string output, ExecPluginCommand command)
    {
        try
        {
            if (JsonNode.Parse(output) is JsonObject root && root["kind"]?.ToString() == "ExecCredential" && root["status"] is JsonObject status)
            {
                return status;
            }
        }
        catch (JsonException)
        {
            // the output may hold a token: say what was expected, not what came
        }

        throw new KubeconfigException($"{command.Place}: credential plugin '{command.Program}' did not print an ExecCredential with a status");
    }

    private static DateTimeOffset ExpiryOf(JsonObject status) =>
        DateTimeOffset.TryParse(Text(status, "expirationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiry)
            ? expiry
            : DateTimeOffset.MaxValue - TimeSpan.FromDays(1);

    private static string Text(JsonObject status, string name) =>
        status[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
