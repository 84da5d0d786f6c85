using System.CommandLine;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops controller</c>: the controller and the sync engine against a real cluster.</summary>
internal static class ControllerCommand
{
    public const string Name = "controller";

    /// <summary>The entry in the list of verbs; its arguments are the other program's to read.</summary>
    public static Command Create()
    {
        var passedOn = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(Name, "Run the controller against a real cluster, in a Pod or with a kubeconfig.");
        command.Add(passedOn);
        command.SetAction((parsed, cancellationToken) => ControllerProgram.RunAsync(["run", .. parsed.GetValue(passedOn) ?? []], cancellationToken));
        return command;
    }
}
