using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SecretsOps.GitOps.Tests.Servers;

/// <summary>The files of a folder over https on loopback, with basic authentication: all that a Helm repository is.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FileServer(WebApplication application) => _application = application;

    public string Url => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().TrimEnd('/');

    /// <summary>The paths asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<FileServer> StartAsync(string root, TestCertificates certificates, string authorization)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificates.Server)));
        var application = builder.Build();
        var server = new FileServer(application);
        application.Run(async context =>
        {
            lock (server.Asked)
            {
                server.Asked.Add(context.Request.Path);
            }

            var file = Path.Combine(root, context.Request.Path.Value!.TrimStart('/'));
            context.Response.StatusCode = context.Request.Headers.Authorization != authorization ? 401 : File.Exists(file) ? 200 : 404;
            if (context.Response.StatusCode == 200)
            {
                await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(file));
            }
        });
        await application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
