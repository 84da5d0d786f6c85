using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops keys</c>: lists, backs up, restores, protects and retires a controller's sealing keys.</summary>
internal static class KeysCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var connection = new ConnectionOptions();
        return new Command("keys", "Look after a controller's sealing keys")
        {
            List(connection, environment), Backup(connection, environment), Restore(connection, environment),
            Protect(connection, environment), Unprotect(connection, environment), Retire(connection, environment),
        };
    }

    private static Command List(ConnectionOptions connection, CliEnvironment environment)
    {
        var command = new Command("list", "List the sealing keys: name, fingerprint, age, state, and how many SealedSecrets need each");
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Open(parsed).ListAsync(cancellationToken));
        return command;

        KeysVerb Open(ParseResult parsed) => new(connection.Address(parsed, environment), environment);
    }

    private static Command Backup(ConnectionOptions connection, CliEnvironment environment)
    {
        var recipients = new Option<string[]>("--recipient", "-r") { Description = "age recipient to encrypt to; repeatable", HelpName = "age1…", Required = true };
        var output = new Option<string>("--output", "-w") { Description = "File to write (default: standard output)", HelpName = "file", DefaultValueFactory = _ => "" };
        var command = new Command("backup", "Save all sealing keys, encrypted to age recipients") { recipients, output };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new KeysVerb(connection.Address(parsed, environment), environment)
            .BackupAsync(parsed.GetRequiredValue(recipients), parsed.GetRequiredValue(output), cancellationToken));
        return command;
    }

    private static Command Restore(ConnectionOptions connection, CliEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "Backup made by 'keys backup', or a List of key Secrets" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be created, create nothing" };
        var identities = new Option<string[]>("--identity", "-i") { Description = "age identity file that opens the backup; repeatable", HelpName = "file", DefaultValueFactory = _ => [] };
        var command = new Command("restore", "Bring saved sealing keys back; keys that are there already are left alone") { file, identities, dryRun };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new KeysVerb(connection.Address(parsed, environment), environment)
            .RestoreAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(identities), parsed.GetValue(dryRun), cancellationToken));
        return command;
    }

    private static Command Protect(ConnectionOptions connection, CliEnvironment environment)
    {
        var masterKeys = new Option<string[]>("--master-key") { Description = "TYPE:KEY, as in kms:arn:aws:kms:… or hc_vault:https://…; repeatable, any one opens", HelpName = "type:key", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would change, change nothing" };
        var command = new Command("protect", "Wrap the private keys with a KMS or Vault, in place") { masterKeys, dryRun };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var references = parsed.GetRequiredValue(masterKeys).Select(MasterKeyReference.Parse).ToArray();
            return new KeysVerb(connection.Address(parsed, environment), environment).ProtectAsync(references, parsed.GetValue(dryRun), cancellationToken);
        });
        return command;
    }

    private static Command Unprotect(ConnectionOptions connection, CliEnvironment environment)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would change, change nothing" };
        var command = new Command("unprotect", "Store the private keys in the clear again, for a controller that knows no wrapping") { dryRun };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new KeysVerb(connection.Address(parsed, environment), environment)
            .UnprotectAsync(parsed.GetValue(dryRun), cancellationToken));
        return command;
    }

    private static Command Retire(ConnectionOptions connection, CliEnvironment environment)
    {
        var key = new Argument<string>("key") { Description = "Name of the key Secret, or fingerprint" };
        var force = new Option<bool>("--force") { Description = "Retire it although SealedSecrets still need it" };
        var command = new Command("retire", "Take a key out of use, once no SealedSecret needs it any more") { key, force };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new KeysVerb(connection.Address(parsed, environment), environment)
            .RetireAsync(parsed.GetRequiredValue(key), parsed.GetValue(force), cancellationToken));
        return command;
    }
}
