using System.Diagnostics;
using System.Net.Sockets;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Logging;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.LocalCluster;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.Controller.Up;

/// <summary><c>up</c>: a cluster, the controller and the sync engine in one process, for a laptop.</summary>
internal static class UpCommand
{
    /// <summary>Runs until a signal says stop; 0 then.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        var options = UpOptions.Parse(arguments);
        if (options.IsHelpAsked)
        {
            Console.Out.Write(UpOptions.Usage());
            return ExitCodes.Success;
        }

        var directory = DataDirectory.Of(options.DataDirectory);
        await using var cluster = await StartClusterAsync(directory, options.Port, cancellationToken);
        await using var log = new StreamWriter(Path.Combine(directory, "controller.log"), append: false);
        var logOptions = new LogOptions { Level = options.LogLevel };
        using var logs = new LoggerFactory([new SlogLoggerProvider(logOptions, log, log, TimeProvider.System)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        using var client = new ApiClient(Kubeconfig.Load(new KubeconfigOptions { Path = cluster.KubeconfigPath, UserAgent = "secretsops-controller" }));
        var controllerOptions = ControllerOptionsOfUp() with { PluginFolder = options.PluginFolder };
        var workers = ClusterWorkers.For(client, controllerOptions, LocalBootstrap.ControllerNamespace, Path.Combine(directory, "repositories"), logs);
        await using var host = new ControllerHost(client, controllerOptions, LocalBootstrap.ControllerNamespace, workers, logs);
        await host.StartAsync(cancellationToken);
        cluster.RegisterService(LocalBootstrap.ControllerNamespace, LocalBootstrap.ServiceName, host.Http.Api);
        cluster.RegisterService(LocalBootstrap.ControllerNamespace, LocalBootstrap.MetricsServiceName, host.Http.Metrics);
        await new LocalBootstrap(client, options).RunAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"export KUBECONFIG={ShellWord.Of(cluster.KubeconfigPath)}   # the cluster is ready ({Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s)".AsMemory(), cancellationToken);

        var table = new ApplicationTable(client, controllerOptions.ApplicationsNamespace, Console.Out, isTerminal: !Console.IsOutputRedirected);
        await Together.RunAsync([host.RunAsync(cancellationToken), table.RunAsync(cancellationToken)]);
        return ExitCodes.Success;
    }

    // One process: nobody to elect. A laptop's owner wants hand-made changes healed.
    private static ControllerOptions ControllerOptionsOfUp() => new()
    {
        Http = new HttpOptions { ListenAddress = "127.0.0.1:0", MetricsListenAddress = "127.0.0.1:0" },
        Replica = new ReplicaOptions { ElectLeader = false },
        Reconcile = new ReconcileOptions { RepairDrift = true },
    };

    private static async Task<LocalClusterServer> StartClusterAsync(string directory, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await LocalClusterServer.StartAsync(new LocalClusterOptions { DataDirectory = directory, Port = port, Workloads = WorkloadBehaviour.SimulatedRollout }, cancellationToken);
        }
        catch (StorageException error)
        {
            throw new StartException(error.Message, ExitCodes.DataDirectory, error);
        }
        catch (IOException error) when (port != 0 && (error.InnerException is SocketException || error.GetBaseException() is SocketException))
        {
            throw new StartException($"port {port} on loopback is taken by another program; choose another with --port, or leave it out", ExitCodes.PortTaken, error);
        }
    }
}
