using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Servers;

/// <summary>A real sshd on loopback, with keys of its own, that lets one client key in.</summary>
internal sealed class SshServer : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Process _process;
    private readonly int _port;

    public SshServer()
    {
        Keygen("host");
        Keygen("client");
        _port = FreePort();
        var config = _folder.Write("sshd_config", $"""
            ListenAddress 127.0.0.1
            Port {_port}
            HostKey {_folder.Combine("host")}
            AuthorizedKeysFile {_folder.Combine("client.pub")}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            """);
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory("/run/sshd"); // sshd insists on it for privilege separation
        }

        _process = Process.Start(new ProcessStartInfo(ExternalPrograms.Sshd, ["-D", "-e", "-f", config]) { RedirectStandardError = true })!;
    }

    public string ClientKey => File.ReadAllText(_folder.Combine("client"));

    /// <summary>The line by which a client knows the server.</summary>
    public string KnownHosts => $"[127.0.0.1]:{_port} {string.Join(' ', File.ReadAllText(_folder.Combine("host.pub")).Split(' ')[..2])}\n";

    /// <summary>Another key's line for the same address.</summary>
    public string WrongKnownHosts => $"[127.0.0.1]:{_port} {string.Join(' ', File.ReadAllText(_folder.Combine("client.pub")).Split(' ')[..2])}\n";

    public string UrlOf(TestRepository repository) => $"ssh://{Environment.UserName}@127.0.0.1:{_port}{repository.Path}/.git";

    public Task WaitAsync() => Eventually.TrueAsync(
        async () =>
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        "sshd answers");

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private void Keygen(string name) =>
        ExternalProgram.Run(ExternalPrograms.SshKeygen, ["-q", "-t", "ed25519", "-N", "", "-f", _folder.Combine(name)]).ShouldSucceed();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return int.Parse(listener.LocalEndpoint.ToString()!.Split(':')[^1], CultureInfo.InvariantCulture);
    }
}
