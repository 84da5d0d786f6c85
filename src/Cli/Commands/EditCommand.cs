using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops edit FILE</c>: opens the values in an editor and seals again only what changed.</summary>
internal static class EditCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "File with a SealedSecret" };
        var name = new Option<string>("--name") { Description = "The SealedSecret to edit, where the file holds several", HelpName = "name", DefaultValueFactory = _ => "" };
        var connection = new ConnectionOptions();
        var certificate = new CertificateOption(connection);
        var keys = new KeyOptions(connection);
        var command = new Command("edit", "Edit the values of a SealedSecret in $EDITOR; unchanged values keep their bytes") { file, name };
        certificate.AddTo(command);
        keys.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = SealedFile.Read(parsed.GetRequiredValue(file), environment);
            var document = target.One(parsed.GetRequiredValue(name));
            var seal = await certificate.ReadOneAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            var ring = await keys.LoadAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            using var unsealed = Opening.Open(new SealedSecret(document.Object), ring, cancellationToken);
            using var edited = await new SecretEditor(environment).EditAsync(unsealed, cancellationToken).ConfigureAwait(false);
            var changes = SecretChanges.Between(unsealed, edited);
            foreach (var key in changes.Removed)
            {
                document.RemoveEncryptedValue(key);
            }

            foreach (var key in changes.Added.Concat(changes.Changed))
            {
                ItemSealing.Set(document, key, edited.Data[key], seal);
            }

            environment.PrintError(changes.IsEmpty ? "nothing changed\n" : changes.Describe());
            return SetCommand.Finish(target, isDryRun: false, environment);
        });
        return command;
    }
}
