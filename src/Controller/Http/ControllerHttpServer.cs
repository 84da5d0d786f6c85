using System.Net;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Http;

/// <summary>The two plain HTTP listeners of reference 4.2: the API with its probes, and the metrics.</summary>
internal sealed class ControllerHttpServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ControllerHttpServer(WebApplication application) => _application = application;

    /// <summary>The bound address of the API.</summary>
    public Uri Api => Addresses()[0];

    /// <summary>The bound address of the metrics.</summary>
    public Uri Metrics => Addresses()[1];

    /// <summary>Binds both addresses and begins to answer.</summary>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<ControllerHttpServer> StartAsync(
        HttpOptions options, RequestDelegate api, RequestDelegate metrics, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        var application = builder.Build();
        application.Run(context => context.Features.Get<MetricsListener>() is null ? api(context) : metrics(context));
        await application.StartAsync(cancellationToken);
        return new ControllerHttpServer(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = options.ReadTimeout;
        kestrel.Limits.KeepAliveTimeout = options.ReadTimeout;
        kestrel.Listen(ListenAddress.Parse(options.ListenAddress));
        kestrel.Listen(ListenAddress.Parse(options.MetricsListenAddress), listener => listener.Use(next => connection =>
        {
            connection.Features.Set(new MetricsListener());
            return next(connection);
        }));
    }

    private List<Uri> Addresses() =>
        [.. _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(Reachable)];

    private static Uri Reachable(string address)
    {
        var uri = new Uri(address);
        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var host) && (host.Equals(IPAddress.IPv6Any) || host.Equals(IPAddress.Any))
            ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri
            : uri;
    }

    private sealed class MetricsListener;
}
