using System.Runtime.InteropServices;

using SecretsOps.Controller.Logging;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Telemetry;
using SecretsOps.GitOps.Telemetry;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Controller.Hosting;

/// <summary><c>run</c>: the controller against a real cluster, inside a Pod or with a kubeconfig.</summary>
internal static class RunCommand
{
    private const int UserSignal1 = 10; // SIGUSR1 on Linux; .NET passes raw numbers through

    /// <summary>Runs until a signal says stop; 0 then.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ControllerOptions defaults, CancellationToken cancellationToken)
    {
        var options = ControllerFlags.Parse(arguments, Environment.GetEnvironmentVariable, defaults);
        if (options.IsHelpAsked || options.IsVersionAsked)
        {
            Console.Out.Write(options.IsHelpAsked ? ControllerFlags.Usage() : $"controller version: {ProductVersion.Revision}\n");
            return ExitCodes.Success;
        }

        using var logs = new LoggerFactory([new SlogLoggerProvider(options.Log, Console.Out, Console.Error, TimeProvider.System)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        using var client = new ApiClient(Connect(options));
        RunLog.Starting(logs.CreateLogger("run"), ProductVersion.Revision);
        await using var host = new ControllerHost(client, options, OwnNamespace(options), ClusterWorkers.For(client, options, OwnNamespace(options), Path.Combine(Path.GetTempPath(), "secretsops-repositories"), logs), logs);
        using var renewal = PosixSignalRegistration.Create((PosixSignal)UserSignal1, context =>
        {
            context.Cancel = true;
            host.Renewal.Ask();
        });
        using var traces = OtlpSettings.From(Environment.GetEnvironmentVariable) is { } settings ? new OtlpExporter(EngineTelemetry.Name, settings, TimeProvider.System, logs.CreateLogger<OtlpExporter>()) : null;
        await host.StartAsync(cancellationToken);
        RunLog.Serving(logs.CreateLogger("run"), options.Http.ListenAddress, options.Http.MetricsListenAddress);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var exporting = traces?.RunAsync(ended.Token) ?? Task.CompletedTask;
        try
        {
            await host.RunAsync(cancellationToken);
        }
        finally
        {
            await ended.CancelAsync(); // a host that failed must not wait for a receiver of traces
            await exporting;
        }

        return ExitCodes.Success;
    }

    private static ClusterConnection Connect(ControllerOptions options)
    {
        var kubeconfig = KubeconfigOptions.FromEnvironment() with { Path = options.Kubeconfig, Context = options.Context, UserAgent = "secretsops-controller" };
        var connection = (options.Kubeconfig.Length == 0 && options.Context.Length == 0 ? InClusterConfiguration.TryLoad(kubeconfig) : null) ?? Kubeconfig.Load(kubeconfig);
        return connection with { Pace = Pace(options, connection.TimeProvider) };
    }

    // Compatibility: as client-go, 0 stands for its default and a negative number for no limit. Without the flag there is none, where upstream has 5 (#1833).
    internal static RequestPace? Pace(ControllerOptions options, TimeProvider time) => options.RequestsPerSecond switch
    {
        null or < 0 or double.NaN => null,
        0 => new RequestPace(5, options.RequestBurst > 0 ? options.RequestBurst : 10, time),
        { } perSecond => new RequestPace(Math.Clamp(perSecond, 0.001, 1_000_000), options.RequestBurst > 0 ? options.RequestBurst : 10, time),
    };

    private static string OwnNamespace(ControllerOptions options)
    {
        if (options.OwnNamespace.Length > 0)
        {
            return options.OwnNamespace;
        }

        if (Environment.GetEnvironmentVariable("POD_NAMESPACE") is { Length: > 0 } pod)
        {
            return pod;
        }

        var mounted = Path.Combine(InClusterConfiguration.DefaultDirectory, "namespace");
        return File.Exists(mounted) ? File.ReadAllText(mounted).Trim() : "kube-system";
    }
}

/// <summary>The first lines of the log.</summary>
internal static partial class RunLog
{
    [LoggerMessage(310, LogLevel.Information, "Starting sealed-secrets controller")]
    public static partial void Starting(ILogger logger, string version);

    [LoggerMessage(311, LogLevel.Information, "HTTP server serving")]
    public static partial void Serving(ILogger logger, string addr, string metricsAddr);
}
