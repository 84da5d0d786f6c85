using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Servers;

/// <summary>Debian's docker-registry on loopback, without TLS, for one user.</summary>
internal sealed class RegistryServer : IDisposable
{
    public const string User = "deploy";
    public const string Password = "s3cret";

    // htpasswd -B of the two above
    private const string PasswordFile = "deploy:$2b$04$hXmm/luRJKLZxGl4QpovQOmzEcgKfJlTUYxt39Ya/bx1TCpeLV5gy\n";

    private readonly TemporaryDirectory _folder = new();
    private readonly Process _process;

    public RegistryServer()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Authority = listener.LocalEndpoint.ToString()!;
        }

        var config = _folder.Write("config.yml", $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {_folder.Combine("data")}
            http:
              addr: "{Authority}"
            auth:
              htpasswd:
                realm: test
                path: {_folder.Write("htpasswd", PasswordFile)}
            """);
        _process = Process.Start(new ProcessStartInfo(ExternalPrograms.Debian("docker-registry"), ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Authority { get; }

    public async Task WaitAsync()
    {
        using var client = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri($"http://{Authority}/v2/"));
                    return answer.StatusCode == HttpStatusCode.Unauthorized;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            string.Create(CultureInfo.InvariantCulture, $"the registry at {Authority} answers"));
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
