using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Tests.Fakes;

/// <summary>A real HTTP server on loopback that answers as a test tells it.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Uri => new(_app.Urls.First());

    public static Task<ScriptedServer> StartAsync(RequestDelegate answer, int port = 0) => StartAsync(answer, _ => { }, port);

    public static async Task<ScriptedServer> StartAsync(RequestDelegate answer, Action<ListenOptions> configure, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port, configure));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new ScriptedServer(app);
    }

    public ApiClient Client(TimeProvider? timeProvider = null) =>
        new(new ClusterConnection { Server = Uri, TimeProvider = timeProvider ?? TimeProvider.System });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
