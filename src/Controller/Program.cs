using System.Runtime.InteropServices;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.KeyServices;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Up;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Controller;

/// <summary>Starts the controller (<c>run</c>), the laptop cluster with everything in it (<c>up</c>) or a key service (<c>keyservice</c>).</summary>
internal static class Program
{
    internal static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        try
        {
            return await (arguments switch
            {
                ["keyservice", .. var rest] => KeyServiceCommand.RunAsync(rest, stop.Token),
                ["up", .. var rest] => UpCommand.RunAsync(rest, stop.Token),
                ["run", .. var rest] => RunCommand.RunAsync(rest, new ControllerOptions(), stop.Token),
                _ => RunCommand.RunAsync(arguments, DefaultsFor(Environment.GetCommandLineArgs()[0]), stop.Token),
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (FlagException error)
        {
            await Console.Error.WriteLineAsync($"secretsops-controller: error: {error.Message}\nsecretsops-controller: hint: --help lists the flags");
            return ExitCodes.Usage;
        }
        catch (StartException error)
        {
            await Console.Error.WriteLineAsync($"secretsops-controller: error: {error.Message}");
            return error.ExitCode;
        }
        catch (Exception error) when (error is ApiException or KubeconfigException or IOException or FormatException)
        {
            await Console.Error.WriteLineAsync($"secretsops-controller: error: {error.Message}");
            return ExitCodes.Failure;
        }
    }

    // Under upstream's command name only upstream's work is done: its RBAC allows no more.
    private static ControllerOptions DefaultsFor(string program) =>
        Path.GetFileName(program) == "controller" ? new ControllerOptions { IsSyncEngineOn = false, IsSopsSecretsOn = false } : new ControllerOptions();

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = !stop.IsCancellationRequested; // a second signal ends the process at once
        stop.Cancel();
    }
}
