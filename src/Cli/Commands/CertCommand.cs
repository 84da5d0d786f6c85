using System.CommandLine;
using System.Globalization;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops cert</c>: shows or saves the certificate that values are sealed with.</summary>
internal static class CertCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var place = new Argument<string>("place") { Description = "File or URL (default: ask the controller)", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "" };
        var pem = new Option<bool>("--pem") { Description = "Print the PEM text instead of a summary" };
        var connection = new ConnectionOptions();
        var command = new Command("cert", "Show the sealing certificate: fingerprint, size, validity") { place, pem };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await CertificateSource.ReadAsync(parsed.GetRequiredValue(place), environment, () => connection.OpenController(parsed, environment), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(pem))
            {
                environment.Output.Write(text);
                return (int)CliExitCode.Success;
            }

            environment.Print(Describe(SealingCertificate.Parse(text), environment.Time.GetUtcNow()));
            return (int)CliExitCode.Success;
        });
        return command;
    }

    private static string Describe(SealingCertificate certificate, DateTimeOffset now)
    {
        var days = (certificate.NotAfter - now).Days;
        var state = certificate.IsExpired(now) ? "expired: kubeseal refuses it" : $"{days} days left";
        return string.Create(CultureInfo.InvariantCulture, $"""
            fingerprint  {certificate.Fingerprint}
            key          RSA-{certificate.PublicKey.BlockLength * 8}
            not before   {certificate.NotBefore:yyyy-MM-dd HH:mm:ss}Z
            not after    {certificate.NotAfter:yyyy-MM-dd HH:mm:ss}Z ({state})

            """);
    }
}
