using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>The command line of Bitnami's <c>kubeseal</c>, flag by flag and byte by byte (docs/reference/compatibility-sealed-secrets.md).</summary>
internal static class KubesealCommandLine
{
    // The release whose behaviour this is, and who says so.
    internal const string Version = "0.40.0+secretsops";

    internal static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var flags = new KubesealFlags();
        try
        {
            flags.Parse(arguments, environment.Variable);
        }
        catch (PflagException failure)
        {
            return Stop(failure, flags, environment);
        }

        foreach (var notice in flags.Notices)
        {
            environment.Print(notice + "\n"); // Compatibility: on standard output, as upstream.
        }

        try
        {
            await RunModeAsync(new KubesealSession(flags, environment), cancellationToken).ConfigureAwait(false);
            return (int)KubesealExitCode.Success;
        }
        catch (Exception failure) when (MessageOf(failure) is { } message)
        {
            environment.PrintError($"error: {message}\n");
            return (int)KubesealExitCode.Failure;
        }
    }

    /// <summary>Parses and runs without catching anything: for <c>secretsops seal</c>, which has words of its own for failures.</summary>
    /// <exception cref="PflagException">The flags do not parse.</exception>
    internal static Task RunAskedModeAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var flags = new KubesealFlags();
        flags.Parse(arguments, environment.Variable);
        return RunModeAsync(new KubesealSession(flags, environment), cancellationToken);
    }

    // Upstream's precedence when several modes are asked for.
    private static Task RunModeAsync(KubesealSession session, CancellationToken cancellationToken)
    {
        var flags = session.Flags;
        if (flags.ShowsHelp)
        {
            session.Environment.Print(flags.Usage);
            return Task.CompletedTask;
        }

        if (flags.ShowsVersion)
        {
            session.Environment.Print($"kubeseal version: {Version}\n");
            return Task.CompletedTask;
        }

        if (flags.FromFile.Count > 0 && !flags.IsRaw)
        {
            throw new KubesealException("--from-file requires --raw");
        }

        session.CheckFormat();
        if (flags.Recovers)
        {
            return Synchronously(() => RecoverMode.Run(session));
        }

        if (flags.RecoveryPrivateKeys.Count > 0 && session.Environment.IsErrorTerminal)
        {
            session.Environment.PrintError("warning: --recovery-private-key has no effect without --recovery-unseal\n");
        }

        return (flags.Validates, flags.Reencrypts) switch
        {
            (true, _) => ValidateMode.RunAsync(session, cancellationToken),
            (_, true) => ReencryptMode.RunAsync(session, cancellationToken),
            _ => RunWithCertificateAsync(session, cancellationToken),
        };
    }

    private static async Task RunWithCertificateAsync(KubesealSession session, CancellationToken cancellationToken)
    {
        var pem = await CertificateSource.ReadAsync(session.Flags.Certificate, session.Environment, session.OpenController, cancellationToken).ConfigureAwait(false);
        if (session.Flags.FetchesCertificate)
        {
            session.WriteOutput(pem);
            return;
        }

        var certificate = CertificateSource.Parse(pem, session.Environment);
        if (session.Flags.MergeInto.Length > 0)
        {
            MergeIntoMode.Run(session, certificate);
        }
        else if (session.Flags.IsRaw)
        {
            RawMode.Run(session, certificate);
        }
        else
        {
            SealMode.Run(session, certificate);
        }
    }

    private static Task Synchronously(Action run)
    {
        run();
        return Task.CompletedTask;
    }

    private static int Stop(PflagException failure, KubesealFlags flags, CliEnvironment environment)
    {
        if (failure.Message == PflagSet.HelpRequested)
        {
            environment.Print(flags.Usage);
            return (int)KubesealExitCode.Success;
        }

        environment.Print($"{failure.Message}\n{flags.Usage}{failure.Message}\n");
        return (int)KubesealExitCode.Usage;
    }

    private static string? MessageOf(Exception failure) => failure switch
    {
        KubesealException or SealingCertificateException or SecretTemplateException or SecretFormatException => failure.Message,
        KubeconfigException or ApiException or HttpRequestException => failure.Message,
        ManifestException manifest => $"error converting YAML to JSON: yaml: {(manifest.Line > 0 ? $"line {manifest.Line}: " : "")}{manifest.Problem}",
        IOException or UnauthorizedAccessException => failure.Message,
        _ => null,
    };
}
