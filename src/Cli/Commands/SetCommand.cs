using System.CommandLine;
using System.Security.Cryptography;
using SecretsOps.Cli.Sealing;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops set FILE key=value…</c>: seals new values into a SealedSecret without opening the others.</summary>
internal static class SetCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "File with a SealedSecret" };
        var values = new Argument<string[]>("key=value") { Description = "Values to seal; key=@file reads a file, key=- standard input", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string>("--name") { Description = "The SealedSecret to change, where the file holds several", HelpName = "name", DefaultValueFactory = _ => "" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the new file instead of writing it" };
        var connection = new ConnectionOptions();
        var certificate = new CertificateOption(connection);
        var command = new Command("set", "Set values of a SealedSecret; comments and the other values stay") { file, values, name, dryRun };
        certificate.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = SealedFile.Read(parsed.GetRequiredValue(file), environment);
            var document = target.One(parsed.GetRequiredValue(name));
            var seal = await certificate.ReadOneAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            foreach (var text in parsed.GetRequiredValue(values))
            {
                var (key, value) = ValueSource.Read(text, environment);
                ItemSealing.Set(document, key, value, seal);
                CryptographicOperations.ZeroMemory(value);
            }

            return Finish(target, parsed.GetValue(dryRun), environment);
        });
        return command;
    }

    internal static int Finish(SealedFile target, bool isDryRun, CliEnvironment environment)
    {
        if (isDryRun)
        {
            environment.Print(target.Content.ToText());
        }
        else if (target.IsChanged)
        {
            target.Save();
        }

        return (int)CliExitCode.Success;
    }
}
