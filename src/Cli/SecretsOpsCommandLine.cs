using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using SecretsOps.Cli.Commands;

namespace SecretsOps.Cli;

/// <summary>The <c>secretsops</c> command line: one line per verb.</summary>
internal static class SecretsOpsCommandLine
{
    internal static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var isForSops = TwoFormats.AreForSops(arguments, environment);
        var root = CreateRoot(environment, isForSops);
        var isKubeseal = KubesealModes.AreMeantBy(arguments, root);
        var parsed = root.Parse(PassedOn(arguments));
        if (parsed.Action is ParseErrorAction && !isKubeseal)
        {
            return ReportUsage(parsed, environment);
        }

        using var output = new StreamWriter(environment.Output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        using var error = new StreamWriter(environment.Error, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        try
        {
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
            if (isForSops && arguments is ["edit", ..])
            {
                configuration.ProcessTerminationTimeout = null; // it hears the signals itself: some belong to the editor
            }

            return isKubeseal
                ? await KubesealModes.RunAsync(arguments, environment, cancellationToken).ConfigureAwait(false)
                : await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (CliFailure.From(failure) is { } reported)
        {
            Report(reported.Message, reported.Hint, environment);
            return (int)reported.ExitCode;
        }
    }

    /// <summary>The verbs.</summary>
    /// <param name="environment">The process.</param>
    /// <param name="forSops">Whether the verbs that work on both kinds of files shall take SOPS files: <see cref="TwoFormats"/> looks at the file.</param>
    internal static RootCommand CreateRoot(CliEnvironment environment, bool forSops = false)
    {
        var root = new RootCommand("Secrets from Git to Kubernetes: seal, encrypt, sync.")
        {
            SealCommand.Create(environment),
            UnsealCommand.Create(environment),
            ResealCommand.Create(environment),
            forSops ? SopsVerbs.Set(environment) : SetCommand.Create(environment),
            forSops ? SopsVerbs.Unset(environment) : UnsetCommand.Create(environment),
            forSops ? SopsVerbs.Edit(environment) : EditCommand.Create(environment),
            forSops ? SopsVerbs.View(environment) : ViewCommand.Create(environment),
            forSops ? SopsVerbs.Diff(environment) : DiffCommand.Create(environment),
            LintCommand.Create(environment),
            CertCommand.Create(environment),
            KeysCommand.Create(environment),
            CompletionCommand.Create(environment),
            RenderCommand.Create(environment),
            PlanCommand.Create(environment),
            AppCommand.Create(environment),
            UpCommand.Create(),
            ControllerCommand.Create(),
        };
        foreach (var verb in SopsVerbs.All(environment))
        {
            root.Subcommands.Add(verb);
        }

        return root;
    }

    // The flags of these two verbs are the other program's, --help included.
    private static string[] PassedOn(string[] arguments) =>
        arguments is [UpCommand.Name or ControllerCommand.Name, ..] ? [arguments[0], "--", .. arguments[1..]] : arguments;

    private static int ReportUsage(ParseResult parsed, CliEnvironment environment)
    {
        var verb = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        Report(parsed.Errors[0].Message, $"'secretsops{verb} --help' shows the usage", environment);
        return (int)CliExitCode.Usage;
    }

    private static void Report(string message, string? hint, CliEnvironment environment)
    {
        environment.PrintError($"secretsops: error: {AsFragment(message)}\n");
        if (hint is not null)
        {
            environment.PrintError($"secretsops: hint: {AsFragment(hint)}\n");
        }
    }

    /// <summary>Lower-case first word (unless a name or an acronym), no full stop: how Unix tools speak.</summary>
    private static string AsFragment(string sentence)
    {
        var text = sentence.TrimEnd('.');
        return text.Length > 1 && char.IsUpper(text[0]) && (char.IsLower(text[1]) || text[1] == ' ') && !text.Split(' ')[0].Contains('/', StringComparison.Ordinal)
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
    }
}
