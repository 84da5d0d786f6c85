using System.CommandLine;
using SecretsOps.Cli.Sealing;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops seal</c>: makes SealedSecrets from Secrets, for one cluster or several.</summary>
internal static class SealCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var connection = new ConnectionOptions();
        var options = new SealVerb.Options(new CertificateOption(connection), connection);
        var command = new Command("seal", "Seal Secrets: files, directories, patterns, or standard input; every flag of kubeseal works too (--raw, --merge-into, --validate, --re-encrypt, …)")
        {
            options.Files, options.Scope, options.Name, options.Format, options.Output, options.AllowEmptyData, options.OmitFingerprint, options.DryRun,
        };
        options.Certificate.AddTo(command);
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => new SealVerb(options, parsed, environment).RunAsync(cancellationToken));
        return command;
    }
}
