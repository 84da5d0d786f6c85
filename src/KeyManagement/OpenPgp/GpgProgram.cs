using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Processes;

namespace SecretsOps.KeyManagement.OpenPgp;

/// <summary>The gpg binary, for keys that live in its agent or on a card.</summary>
internal sealed class GpgProgram(OpenPgpCredentials credentials)
{
    // Compatibility: sops gives the last 17 characters when the fingerprint ends in '!'.
    private const int KeyIdLength = 16;

    /// <summary>Encrypts with the arguments that sops uses.</summary>
    /// <exception cref="OpenPgpProgramException">gpg is absent or refuses.</exception>
    public async Task<string> EncryptAsync(string fingerprint, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var keyId = fingerprint[^Math.Min(fingerprint.Length, fingerprint.EndsWith('!') ? KeyIdLength + 1 : KeyIdLength)..];
        using var output = await RunAsync(
            ["--no-default-recipient", "--yes", "--encrypt", "-a", "-r", fingerprint, "--trusted-key", keyId, "--no-encrypt-to"],
            dataKey,
            cancellationToken).ConfigureAwait(false);
        return System.Text.Encoding.ASCII.GetString(output.Span).Trim();
    }

    /// <summary>Decrypts with whatever key gpg finds.</summary>
    /// <exception cref="OpenPgpProgramException">gpg is absent or refuses.</exception>
    public Task<SecretBytes> DecryptAsync(string message, CancellationToken cancellationToken) =>
        RunAsync(["-d"], System.Text.Encoding.ASCII.GetBytes(message), cancellationToken);

    private async Task<SecretBytes> RunAsync(IEnumerable<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (credentials.GpgProgram is not { } name)
        {
            throw new OpenPgpProgramException("gpg may not be run here");
        }

        var path = ProgramPath.Find(name, credentials.Environment) ?? throw new OpenPgpProgramException($"'{name}' was not found in PATH");
        try
        {
            var result = await new KeyProgram(path, credentials.Environment).RunAsync(arguments, input, cancellationToken).ConfigureAwait(false);
            if (result.ExitCode == 0 && result.Output.Length > 0)
            {
                return result.Output;
            }

            result.Dispose();
            throw new OpenPgpProgramException(result.Errors.Length > 0 ? result.Errors : $"'{path}' ended with exit code {result.ExitCode} and no output");
        }
        catch (IOException failure)
        {
            throw new OpenPgpProgramException(failure.Message, failure);
        }
    }
}

/// <summary>The gpg program could not do it; its own words.</summary>
internal sealed class OpenPgpProgramException(string message, Exception? innerException = null) : Exception(message, innerException);
