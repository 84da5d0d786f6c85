using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using SecretsOps.LocalCluster.Certificates;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster;

/// <summary>A Kubernetes API on loopback with state of its own: for a laptop and for tests.</summary>
public sealed class LocalClusterServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ClusterServices _services;
    private readonly ClusterCertificates _certificates;
    private readonly ObjectStore _store;
    private readonly CancellationTokenSource _stopping;

    private LocalClusterServer(
        WebApplication application, ClusterServices services, ClusterCertificates certificates, ObjectStore store, CancellationTokenSource stopping, string dataDirectory)
    {
        (_application, _services, _certificates, _store, _stopping) = (application, services, certificates, store, stopping);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        BaseUri = new Uri(address);
        KubeconfigPath = Path.Combine(dataDirectory, "kubeconfig");
        Kubeconfig = AdministratorKubeconfig.Write(KubeconfigPath, BaseUri, certificates);
    }

    /// <summary>Where the API listens.</summary>
    public Uri BaseUri { get; }

    /// <summary>The administrator's kubeconfig, in the data directory.</summary>
    public string KubeconfigPath { get; }

    /// <summary>The text of the administrator's kubeconfig. Holds a private key.</summary>
    public string Kubeconfig { get; }

    /// <summary>Opens the data directory and starts to serve.</summary>
    /// <exception cref="StorageException">The directory is in use or damaged.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LocalClusterServer> StartAsync(LocalClusterOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Path.GetFullPath(options.DataDirectory);
        Directory.CreateDirectory(directory);
        var store = ObjectStore.Open(Path.Combine(directory, "objects"));
        var certificates = ClusterCertificates.Open(Path.Combine(directory, "pki"), options.TimeProvider);
        var stopping = new CancellationTokenSource();
        var services = new ClusterServices(options, store, certificates, stopping.Token);
        var application = Build(options, services, certificates);
        try
        {
            await services.BootstrapAsync();
            services.StartControllers();
            await application.StartAsync(cancellationToken);
            return new LocalClusterServer(application, services, certificates, store, stopping, directory);
        }
        catch
        {
            await StopAsync(application, services, certificates, store, stopping);
            throw;
        }
    }

    /// <summary>Sends what is asked of a Service through the API's proxy path to an address of this machine.</summary>
    public void RegisterService(string @namespace, string name, Uri address) => _services.Registrations.Set(@namespace, name, address);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(_application, _services, _certificates, _store, _stopping);

    private static async Task StopAsync(
        WebApplication application, ClusterServices services, ClusterCertificates certificates, ObjectStore store, CancellationTokenSource stopping)
    {
        await stopping.CancelAsync();
        await application.DisposeAsync();
        await services.DisposeAsync();
        await store.DisposeAsync();
        certificates.Dispose();
        stopping.Dispose();
    }

    private static WebApplication Build(LocalClusterOptions options, ClusterServices services, ClusterCertificates certificates)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Limits.MinResponseDataRate = null; // a watch may be idle for long
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificates.Server,
                    ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                    ClientCertificateValidation = (certificate, _, _) => services.Authenticator.IsTrusted(certificate),
                });
            });
        });
        var application = builder.Build();
        application.Run(services.Pipeline.HandleAsync);
        return application;
    }
}
