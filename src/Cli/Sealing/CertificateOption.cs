using System.CommandLine;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary><c>--cert [NAME=]PLACE</c>, once or for several clusters; without it the cluster's controller is asked.</summary>
internal sealed class CertificateOption(ConnectionOptions connection)
{
    private readonly Option<string[]> _certificates = new("--cert", "-c")
    {
        Description = "Certificate to seal with: a file or URL; NAME=PLACE, repeated, seals for several clusters (default: ask the controller)",
        HelpName = "[name=]place",
        DefaultValueFactory = _ => [],
    };

    internal void AddTo(Command command) => command.Options.Add(_certificates);

    /// <summary>The certificates by cluster name; one without a name has the empty name.</summary>
    internal async Task<IReadOnlyList<(string Name, SealingCertificate Certificate)>> ReadAllAsync(ParseResult parsed, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var places = parsed.GetRequiredValue(_certificates);
        if (places.Length == 0)
        {
            places = [environment.Variable("SEALED_SECRETS_CERT") ?? ""];
        }

        var certificates = new List<(string, SealingCertificate)>();
        foreach (var place in places)
        {
            var (name, source) = Split(place);
            var pem = await CertificateSource.ReadAsync(source, environment, () => connection.OpenController(parsed, environment), cancellationToken).ConfigureAwait(false);
            certificates.Add((name, CertificateSource.Parse(pem, environment)));
        }

        return certificates;
    }

    /// <summary>The only certificate.</summary>
    /// <exception cref="CliException">Several were given.</exception>
    internal async Task<SealingCertificate> ReadOneAsync(ParseResult parsed, CliEnvironment environment, CancellationToken cancellationToken) =>
        await ReadAllAsync(parsed, environment, cancellationToken).ConfigureAwait(false) is [var only]
            ? only.Certificate
            : throw new CliException("this verb takes one --cert", exitCode: CliExitCode.Usage);

    /// <summary>Whether the user named a certificate.</summary>
    internal bool IsGiven(ParseResult parsed) => parsed.GetRequiredValue(_certificates).Length > 0;

    private static (string Name, string Place) Split(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var isName = equals > 0 && text.AsSpan(0, equals).IndexOfAny("/\\:?.") < 0;
        return isName ? (text[..equals], text[(equals + 1)..]) : ("", text);
    }
}
