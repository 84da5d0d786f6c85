using System.CommandLine;
using SecretsOps.Cli.Applications;
using SecretsOps.Cli.Rendering;
using SecretsOps.GitOps.Preview;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops plan DIR|APP</c>: what merging or syncing would change, masked, before it happens.</summary>
internal static class PlanCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var subject = new Argument<string>("dir|app") { Description = "A folder (a path with a slash, or one that exists), or the name of an Application" };
        var revision = new Option<string>("--revision") { Description = "Commit, branch or tag to look at (default: the files as they are; for an Application, what it names)", HelpName = "rev", DefaultValueFactory = _ => "" };
        var against = new Option<string>("--against") { Description = "Commit, branch or tag to compare with (default: the cluster)", HelpName = "rev", DefaultValueFactory = _ => "" };
        var format = new Option<string>("--output", "-o") { Description = "text, json or markdown", HelpName = "format", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "markdown");
        var source = new SourceOptions();
        var connection = new AppConnection();
        var command = new Command("plan", "Show the rendered, masked difference of a folder or an Application against the cluster or another branch; leaves with code 3 when there is one") { subject, revision, against, format };
        source.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var question = new PlanQuestion(parsed.GetRequiredValue(subject), parsed.GetRequiredValue(revision), parsed.GetRequiredValue(against), "");
            var planning = new Planning(environment, source, connection);
            var plan = await planning.PlanAsync(parsed, question, cancellationToken).ConfigureAwait(false);
            return Report(plan, parsed.GetRequiredValue(format), environment);
        });
        return command;
    }

    /// <summary>Prints a plan and gives the exit code: 0 nothing to do, 3 something, 1 something that would be refused.</summary>
    internal static int Report(ChangePlan plan, string format, CliEnvironment environment)
    {
        environment.Print(PlanReport.Write(plan, format, environment.IsOutputTerminal));
        return (int)(plan.Count(PlannedAction.Refuse) > 0 ? CliExitCode.Failure : plan.IsEmpty ? CliExitCode.Success : CliExitCode.Findings);
    }
}
