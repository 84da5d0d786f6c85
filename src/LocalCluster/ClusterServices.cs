using SecretsOps.LocalCluster.Authentication;
using SecretsOps.LocalCluster.Authorization;
using SecretsOps.LocalCluster.Bootstrapping;
using SecretsOps.LocalCluster.Certificates;
using SecretsOps.LocalCluster.Controllers;
using SecretsOps.LocalCluster.Discovery;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.OpenApi;
using SecretsOps.LocalCluster.Proxying;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Reviews;
using SecretsOps.LocalCluster.Storage;
using SecretsOps.LocalCluster.Tables;
using SecretsOps.LocalCluster.Watching;

namespace SecretsOps.LocalCluster;

/// <summary>The parts of the server and how they hang together, from the store up.</summary>
internal sealed class ClusterServices : IAsyncDisposable
{
    private readonly ObjectWriter _writer;
    private readonly KindRegistry _kinds;
    private readonly ServiceProxy _proxy;
    private readonly ControllerHost _controllers;
    private readonly string _authorityPem;

    internal ClusterServices(LocalClusterOptions options, ObjectStore store, ClusterCertificates certificates, CancellationToken stopping)
    {
        var time = options.TimeProvider;
        _authorityPem = certificates.Authority.CertificatePem;
        _kinds = new KindRegistry(store);
        _writer = new ObjectWriter(store, new ObjectPreparation(time));
        var deleter = new ObjectDeleter(store, time);
        var tables = new TableWriter(time);
        var reads = new ReadEndpoints(store, tables);
        var authorizer = new RbacAuthorizer(store);
        var tokens = new ServiceAccountTokens(certificates.ServiceAccountKey, store, time);
        _proxy = new ServiceProxy(store, Registrations);
        Authenticator = new Authenticator(certificates.AuthorityCertificate, tokens);
        var router = new ResourceRouter(
            reads,
            new WatchEndpoint(store, tables, time, stopping),
            new WriteEndpoints(store, _writer, deleter, reads),
            new PatchEndpoint(_writer, reads),
            new ScaleEndpoints(store, _writer),
            new ReviewEndpoints(authorizer, tokens),
            new SubresourceEndpoints(store, _writer, deleter, reads, tokens, _proxy, time));
        Pipeline = new ApiPipeline(
            Authenticator, new Impersonation(authorizer), authorizer, _kinds, new DiscoveryEndpoints(_kinds), new OpenApiEndpoints(_kinds), new ServerEndpoints(time), router);
        _controllers = new ControllerHost(new ControllerTools(store, _kinds, _writer, deleter, time), options.Workloads, _authorityPem, stopping);
    }

    internal Authenticator Authenticator { get; }

    internal ApiPipeline Pipeline { get; }

    internal ServiceRegistrations Registrations { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _controllers.DisposeAsync();
        _proxy.Dispose();
    }

    /// <summary>Makes the objects that every cluster starts with.</summary>
    internal Task BootstrapAsync() => new Bootstrap(_writer, _kinds).RunAsync();

    internal void StartControllers() => _controllers.Start();
}
