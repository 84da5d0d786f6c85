using SecretsOps.Cryptography;
using SecretsOps.Cryptography.OpenPgp;

namespace SecretsOps.KeyManagement.OpenPgp;

/// <summary>Where OpenPGP keys come from: exported keys, GnuPG's own store, and GnuPG itself for what lives in its agent or on a card.</summary>
public sealed record OpenPgpCredentials
{
    internal KeyEnvironment Environment { get; init; } = new() { Variable = _ => null };

    internal Lazy<OpenPgpKeyRing> Keys { get; init; } = new(() => new OpenPgpKeyRing());

    /// <summary>Passphrases of exported keys; the person is asked when this gives none.</summary>
    internal Func<string, SecretBytes?> Passphrase { get; init; } = _ => null;

    /// <summary>The gpg program, or <c>null</c> where none may run.</summary>
    internal string? GpgProgram { get; init; }

    /// <summary>GnuPG's home (<c>GNUPGHOME</c>, else <c>~/.gnupg</c>) and the program in <c>SOPS_GPG_EXEC</c>, else <c>gpg</c>.</summary>
    public static OpenPgpCredentials FromEnvironment(KeyEnvironment environment)
    {
        var home = environment.NonEmpty("GNUPGHOME") ?? (environment.HomeDirectory is { } user ? Path.Combine(user, ".gnupg") : null);
        return new()
        {
            Environment = environment,
            Keys = new(() => home is null ? new OpenPgpKeyRing() : GnuPgHome.Read(home)),
            Passphrase = fingerprint => environment.Interaction?.AskSecret($"Enter passphrase for the OpenPGP key {fingerprint}: "),
            GpgProgram = environment.NonEmpty("SOPS_GPG_EXEC") ?? "gpg",
        };
    }

    /// <summary>Exported keys, as the <c>*.asc</c> entries of a Secret; no program runs.</summary>
    /// <exception cref="OpenPgpException">An entry is no OpenPGP key (thrown at the first use).</exception>
    public static OpenPgpCredentials FromKeys(IEnumerable<byte[]> exportedKeys)
    {
        var keys = exportedKeys.ToList();
        return new()
        {
            Keys = new(() =>
            {
                var ring = new OpenPgpKeyRing();
                keys.ForEach(key => ring.Add(key));
                return ring;
            }),
        };
    }
}
