using System.Globalization;
using System.Net;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Gets the certificate: from a file, a URL, or the controller.</summary>
internal static class CertificateSource
{
    private static readonly TimeSpan WarningPeriod = TimeSpan.FromDays(30);

    /// <summary>Reads the certificate's PEM text; without a place, the controller is asked.</summary>
    internal static async Task<byte[]> ReadAsync(string place, CliEnvironment environment, Func<ControllerProxy> openController, CancellationToken cancellationToken)
    {
        if (place.Length == 0)
        {
            using var controller = openController();
            return await controller.FetchCertificateAsync(cancellationToken).ConfigureAwait(false);
        }

        // A scheme of one letter is a Windows drive.
        var colon = place.IndexOf(':', StringComparison.Ordinal);
        return (colon > 1 ? place[..colon].ToLowerInvariant() : "") switch
        {
            "http" or "https" => await DownloadAsync(place, cancellationToken).ConfigureAwait(false),
            "file" => ReadFile(environment, new Uri(place).LocalPath),
            _ => ReadFile(environment, place),
        };
    }

    /// <summary>Reads the certificate and refuses an expired one; one that expires soon is warned of.</summary>
    internal static SealingCertificate Parse(byte[] pem, CliEnvironment environment)
    {
        var certificate = SealingCertificate.Parse(pem);
        var now = environment.Time.GetUtcNow();
        var end = certificate.NotAfter.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture);
        if (certificate.IsExpired(now))
        {
            throw new KubesealException($"failed to encrypt using an expired certificate on {end}");
        }

        if (certificate.IsExpired(now + WarningPeriod))
        {
            environment.PrintError($"warning: the sealing certificate expires on {end}; ask for a newer one with --fetch-cert\n");
        }

        return certificate;
    }

    // Compatibility: the wording of Go's os.Open.
    private static byte[] ReadFile(CliEnvironment environment, string path)
    {
        try
        {
            return File.ReadAllBytes(environment.PathOf(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KubesealException($"open {path}: no such file or directory", missing);
        }
    }

    private static async Task<byte[]> DownloadAsync(string url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var response = await http.GetAsync(new Uri(url), cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new KubesealException($"cannot fetch \"{url}\": {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }
}
