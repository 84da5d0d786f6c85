using System.Net;
using System.Security.Cryptography.X509Certificates;

using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Options;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Remote;

namespace SecretsOps.Controller.KeyServices;

/// <summary><c>keyservice</c>: serves this machine's keys to sops and secretsops elsewhere, over gRPC.</summary>
/// <remarks>It lives here and not in the command line because this executable carries an HTTP/2 server already.</remarks>
internal static class KeyServiceCommand
{
    private const int LargestRequest = 1 << 20;

    /// <summary>Serves until a signal says stop.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = KeyServiceOptions.Parse(arguments);
        using var service = new LocalKeyService(KeyCredentials.FromEnvironment(new KeyEnvironment { Variable = Environment.GetEnvironmentVariable }));
        await using var server = Build(options, service, options.IsPromptOn ? Ask : null);
        await server.StartAsync(cancellationToken);
        await Console.Error.WriteLineAsync($"secretsops keyservice: listening on {options.Network}://{options.Address}");
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.StopAsync(CancellationToken.None);
        return ExitCodes.Success;
    }

    /// <summary>A server that is not started yet.</summary>
    internal static WebApplication Build(KeyServiceOptions options, IKeyService service, Func<MasterKey, string, bool>? approve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            if (options.Network == "unix")
            {
                File.Delete(options.Address);
                kestrel.ListenUnixSocket(options.Address, listen => Configure(listen, options));
            }
            else
            {
                kestrel.Listen(Parse(options.Address), listen => Configure(listen, options));
            }
        });
        var server = builder.Build();
        var handler = new KeyServiceHandler(service, approve);
        server.Run(context => AnswerAsync(context, handler));
        return server;
    }

    private static void Configure(ListenOptions listen, KeyServiceOptions options)
    {
        listen.Protocols = HttpProtocols.Http2;
        if (options.Certificate.Length == 0)
        {
            return;
        }

        using var fromPem = X509Certificate2.CreateFromPemFile(options.Certificate, options.PrivateKey);
        var certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            if (options.ClientAuthority.Length > 0)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(options.ClientAuthority);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (client, _, _) => IsIssuedBy(client, authorities);
            }
        });
    }

    private static bool IsIssuedBy(X509Certificate2 client, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(client);
    }

    private static async Task AnswerAsync(HttpContext context, KeyServiceHandler handler)
    {
        var path = context.Request.Path.Value ?? "";
        var method = path.StartsWith("/KeyService/", StringComparison.Ordinal) ? path["/KeyService/".Length..] : path;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var answer = await handler.HandleAsync(method, body.ToArray(), context.RequestAborted);

        context.Response.ContentType = "application/grpc";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.WriteAsync(answer.Frame, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        context.Response.AppendTrailer("grpc-message", answer.EncodedMessage);
    }

    private static IPEndPoint Parse(string address) => IPEndPoint.TryParse(address, out var endpoint) && endpoint.Port > 0
        ? endpoint
        : throw new FlagException($"--address is '{address}', expected IP:PORT");

    private static bool Ask(MasterKey key, string operation)
    {
        Console.Error.Write($"{operation} with {key.TypeName} key {key}: allow? (y/n) ");
        return Console.ReadLine() is "y" or "Y" or "yes";
    }
}
