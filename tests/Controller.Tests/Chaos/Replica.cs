using Microsoft.Extensions.Logging.Abstractions;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing.Faults;

namespace SecretsOps.Controller.Tests.Chaos;

/// <summary>One replica of the controller behind a proxy of its own.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly FaultyProxy _proxy;
    private readonly ApiClient _client;
    private readonly ControllerHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private Replica(FaultyProxy proxy, ApiClient client, ControllerHost host)
    {
        (_proxy, _client, _host) = (proxy, client, host);
        _running = host.RunAsync(_stop.Token);
    }

    public bool IsLeader => _host.Metrics.IsLeader;

    public FaultyProxy Proxy => _proxy;

    public static async Task<Replica> StartAsync(string kubeconfigPath, string ownNamespace, ControllerOptions options, int faultsPerHundred)
    {
        var proxy = await FaultyProxy.StartAsync(kubeconfigPath);
        proxy.FaultsPerHundred = faultsPerHundred;
        var client = new ApiClient(proxy.Connection);
        var host = new ControllerHost(client, options, ownNamespace, [], NullLoggerFactory.Instance);
        await host.StartAsync(CancellationToken.None);
        return new Replica(proxy, client, host);
    }

    /// <summary>Cuts it off first, so that it can neither finish a write nor give its Lease back.</summary>
    public async ValueTask KillAsync()
    {
        await _proxy.CutAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _host.DisposeAsync();
        _client.Dispose();
        await _proxy.DisposeAsync();
        _stop.Dispose();
    }
}
