using SecretsOps.Cli.Commands;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops keyservice</c>: serves this machine's keys over gRPC; the server is in <c>secretsops-controller</c>, which carries HTTP/2.</summary>
internal static class KeyServiceMode
{
    private static readonly string[] Forwarded = ["network", "address", "tls-cert", "tls-key", "client-ca"];

    public static IReadOnlyList<SopsFlag> Flags { get; } =
    [
        new("network", "network to listen on, e.g. 'tcp' or 'unix' (default: \"tcp\")") { Short = "net" },
        new("address", "address to listen on, e.g. '127.0.0.1:5000' or '/tmp/sops.sock' (default: \"127.0.0.1:5000\")") { Short = "addr" },
        new("prompt", "Prompt user to confirm every incoming request") { IsSwitch = true },
        SopsFlags.Verbose,
        new("tls-cert", "certificate of the server in PEM: turns TLS on"),
        new("tls-key", "private key of the certificate in PEM"),
        new("client-ca", "CA in PEM: only clients with a certificate of it are served"),
    ];

    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        List<string> arguments = ["keyservice"];
        foreach (var name in Forwarded.Where(session.Arguments.Has))
        {
            arguments.AddRange([$"--{name}", session.Arguments.Text(name)]);
        }

        if (session.Arguments.Flag("prompt"))
        {
            arguments.Add("--prompt");
        }

        return ControllerProgram.RunAsync(arguments, cancellationToken);
    }
}
