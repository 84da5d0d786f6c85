using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops view FILE [key]</c>: shows values in the clear, to whoever has the key or the controller's permission.</summary>
internal static class ViewCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "File with a SealedSecret" };
        var item = new Argument<string?>("key") { Description = "Print this value alone, byte for byte", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--name") { Description = "The SealedSecret to show, where the file holds several", HelpName = "name", DefaultValueFactory = _ => "" };
        var namesOnly = new Option<bool>("--keys") { Description = "List the keys without opening anything" };
        var connection = new ConnectionOptions();
        var keys = new KeyOptions(connection);
        var command = new Command("view", "Show the values of a SealedSecret in the clear") { file, item, name, namesOnly };
        keys.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var document = SealedFile.Read(parsed.GetRequiredValue(file), environment).One(parsed.GetRequiredValue(name));
            var sealedSecret = new SealedSecret(document.Object);
            if (parsed.GetValue(namesOnly))
            {
                environment.Print(string.Concat(sealedSecret.EncryptedData.Keys.Select(key => key + "\n")));
                return (int)CliExitCode.Success;
            }

            var ring = await keys.LoadAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            using var unsealed = Opening.Open(sealedSecret, ring, cancellationToken);
            Show(sealedSecret, unsealed, parsed.GetValue(item), environment);
            return (int)CliExitCode.Success;
        });
        return command;
    }

    private static void Show(SealedSecret sealedSecret, UnsealResult unsealed, string? item, CliEnvironment environment)
    {
        if (item is null)
        {
            environment.Output.Write(ClearText.Write(unsealed));
            return;
        }

        var value = unsealed.Items.FirstOrDefault(candidate => candidate.Name == item)
            ?? throw new CliException($"{sealedSecret} has no value '{item}'");
        environment.Output.Write(value.Value.Span);
    }
}
