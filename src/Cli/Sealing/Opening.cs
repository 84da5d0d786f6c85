using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Opens a SealedSecret whole, or says why not in words that help.</summary>
internal static class Opening
{
    /// <exception cref="CliException">Some value does not open.</exception>
    internal static UnsealResult Open(SealedSecret sealedSecret, KeyRing keys, CancellationToken cancellationToken)
    {
        var options = new UnsealOptions { Parallelism = Environment.ProcessorCount };
        var unsealed = Unsealer.Unseal(sealedSecret, keys, options, cancellationToken);
        if (unsealed.IsSuccess)
        {
            return unsealed;
        }

        using (unsealed)
        {
            throw new CliException(
                $"{sealedSecret}: {UnsealDiagnosis.Explain(sealedSecret, keys, unsealed)}",
                "the name or namespace may have changed since sealing, or the key that sealed it is not among those given");
        }
    }
}
