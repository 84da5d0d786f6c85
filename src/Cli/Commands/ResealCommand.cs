using System.CommandLine;
using SecretsOps.Cli.Sealing;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops reseal</c>: re-encrypts a file or a whole tree for the newest key and loses nothing.</summary>
internal static class ResealCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var files = new Argument<string[]>("file") { Description = "Files, directories or patterns", Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would change, write nothing" };
        var connection = new ConnectionOptions();
        var certificate = new CertificateOption(connection);
        var keys = new KeyOptions(connection);
        var command = new Command("reseal", "Re-encrypt SealedSecrets for the newest key; labels, templates, comments and layout stay") { files, dryRun };
        certificate.AddTo(command);
        keys.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var newest = await certificate.ReadOneAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            var ring = await keys.LoadAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            var verb = new ResealVerb(ring, newest, environment, parsed.GetValue(dryRun));
            return verb.Run(ManifestFiles.Expand(parsed.GetRequiredValue(files), environment), cancellationToken);
        });
        return command;
    }
}
