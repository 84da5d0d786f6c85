using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops unset FILE key…</c>: removes values from a SealedSecret.</summary>
internal static class UnsetCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "File with a SealedSecret" };
        var keys = new Argument<string[]>("key") { Description = "Keys to remove", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string>("--name") { Description = "The SealedSecret to change, where the file holds several", HelpName = "name", DefaultValueFactory = _ => "" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the new file instead of writing it" };
        var command = new Command("unset", "Remove values from a SealedSecret") { file, keys, name, dryRun };
        command.SetAction(parsed =>
        {
            var target = SealedFile.Read(parsed.GetRequiredValue(file), environment);
            var document = target.One(parsed.GetRequiredValue(name));
            foreach (var key in parsed.GetRequiredValue(keys))
            {
                if (!new SealedSecret(document.Object).EncryptedData.ContainsKey(key))
                {
                    throw new CliException($"{document.Object} has no value '{key}'", "'secretsops view --keys' lists them");
                }

                document.RemoveEncryptedValue(key);
            }

            return SetCommand.Finish(target, parsed.GetValue(dryRun), environment);
        });
        return command;
    }
}
