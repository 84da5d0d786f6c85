using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.Cli.Sops;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops lint PATH…</c>: checks sealed files offline and finds Secrets that lie in the clear.</summary>
internal static class LintCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var paths = new Argument<string[]>("path") { Description = "Files, directories or patterns (default: the current directory)", Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = _ => ["."] };
        var connection = new ConnectionOptions();
        var certificate = new CertificateOption(connection);
        var command = new Command("lint", "Check SealedSecrets and SOPS files offline, without any key; find plaintext. Leaves with code 3 when there are findings") { paths };
        certificate.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var certificates = certificate.IsGiven(parsed)
                ? await certificate.ReadAllAsync(parsed, environment, cancellationToken).ConfigureAwait(false)
                : [];
            var lint = new SealedLint([.. certificates.Select(entry => entry.Certificate)], environment.Time);
            var findings = 0;
            var sops = new SopsSession(SopsArguments.Of([], [], [], environment), environment, SopsDialect.SecretsOps);
            foreach (var (path, _) in ManifestFiles.Expand(parsed.GetRequiredValue(paths), environment))
            {
                foreach (var finding in lint.Check(path, Path.GetRelativePath(environment.CurrentDirectory, path)))
                {
                    environment.Print(finding + "\n");
                    findings++;
                }

                foreach (var problem in LintMode.Lint(sops, path) ?? [])
                {
                    environment.Print($"{Path.GetRelativePath(environment.CurrentDirectory, path)}: {problem}\n");
                    findings++;
                }
            }

            return (int)(findings == 0 ? CliExitCode.Success : CliExitCode.Findings);
        });
        return command;
    }
}
