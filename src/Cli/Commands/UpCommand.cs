using System.CommandLine;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops up</c>: a cluster, the controller and the sync engine on this machine.</summary>
internal static class UpCommand
{
    public const string Name = "up";

    /// <summary>The entry in the list of verbs; its arguments are the other program's to read.</summary>
    public static Command Create()
    {
        var passedOn = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(Name, "Run a cluster on this machine and deliver a repository to it.");
        command.Add(passedOn);
        command.SetAction((parsed, cancellationToken) => ControllerProgram.RunAsync([Name, .. parsed.GetValue(passedOn) ?? []], cancellationToken));
        return command;
    }
}
