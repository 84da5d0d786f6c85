using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>The command line of <c>sops</c> 3.13: sub-commands, the options of old, exit codes and messages.</summary>
internal static class SopsCommandLine
{
    internal static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            return await DispatchAsync(arguments, environment, cancellationToken).ConfigureAwait(false);
        }
        catch (SopsUsageException failure)
        {
            environment.PrintError($"Incorrect Usage: {failure.Message}\n\n{SopsHelp.Summary}");
            return (int)SopsExitCode.Generic;
        }
        catch (SopsException failure)
        {
            environment.PrintError($"{failure.Message}\n");
            return (int)failure.Code;
        }
        catch (CliException failure)
        {
            environment.PrintError($"{failure.Message}\n");
            return (int)SopsExitCode.Generic;
        }
        catch (MasterKeyException failure)
        {
            environment.PrintError($"{failure.Message}\n");
            return (int)SopsExitCode.Generic;
        }
        catch (FormatException failure)
        {
            environment.PrintError($"{failure.Message}\n");
            return (int)SopsExitCode.Generic;
        }
    }

    private static Task<int> DispatchAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        if (arguments is [.., CompletionMode.Request])
        {
            environment.Print(CompletionMode.Candidates(arguments[..^1]));
            return Task.FromResult(0);
        }

        var global = SopsArguments.Parse(arguments, SopsFlags.Global, environment);
        if (global.Flag("version") || global.Flag("help"))
        {
            environment.Print(global.Flag("version") ? SopsHelp.Version : SopsHelp.Full);
            return Task.FromResult(0);
        }

        var name = global.Positional.Count > 0 ? global.Positional[0] : "";
        if (name is "help" or "h")
        {
            environment.Print(SopsHelp.On(global.Positional.Count > 1 ? global.Positional[1] : ""));
            return Task.FromResult(0);
        }

        var command = SopsCommands.All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal));
        return command is null
            ? LegacyMode.RunAsync(new SopsSession(global, environment), cancellationToken)
            : RunCommandAsync(command, [.. global.Positional.Skip(1)], global, environment, cancellationToken);
    }

    private static Task<int> RunCommandAsync(
        SopsCommand command, IReadOnlyList<string> arguments, SopsArguments global, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var child = command.Children.FirstOrDefault(known => arguments.Count > 0 && string.Equals(known.Name, arguments[0], StringComparison.Ordinal));
        if (child is not null)
        {
            return RunCommandAsync(child, [.. arguments.Skip(1)], global, environment, cancellationToken);
        }

        var parsed = SopsArguments.Parse(arguments, [.. command.Flags, SopsHelp.Flag], environment, global);
        if (parsed.Flag("help"))
        {
            environment.Print(SopsHelp.Of(command));
            return Task.FromResult(0);
        }

        return command.Run(new SopsSession(parsed, environment), cancellationToken);
    }
}
