using System.Security.Cryptography;
using System.Text;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary><c>--raw</c>: seals one value and prints its base64, without a newline.</summary>
internal static class RawMode
{
    internal static void Run(KubesealSession session, SealingCertificate certificate)
    {
        var flags = session.Flags;
        var label = EncryptionLabel.For(flags.Scope, NamespaceFor(session), flags.Name);
        if (flags.Scope == SealingScope.Strict && flags.Name.Length == 0)
        {
            throw new KubesealException("must provide the --name flag with --raw and --scope strict");
        }

        var value = ReadValue(session);
        try
        {
            session.WriteOutput(Encoding.ASCII.GetBytes(Sealer.SealValue(value, certificate, label)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private static string NamespaceFor(KubesealSession session)
    {
        var scope = session.Flags.Scope;
        if (scope == SealingScope.ClusterWide)
        {
            return "";
        }

        var @namespace = session.DefaultNamespace();
        return @namespace.Length > 0
            ? @namespace
            : throw new KubesealException($"must provide the --namespace flag with --raw and --scope {SealingScopes.NameOf(scope)}");
    }

    private static byte[] ReadValue(KubesealSession session)
    {
        switch (session.Flags.FromFile)
        {
            case []:
                return ReadStandardInput(session);
            case [var source]:
                var equals = source.IndexOf('=', StringComparison.Ordinal);
                return session.ReadFile(source[(equals + 1)..]);
            default:
                throw new KubesealException("must provide only one --from-file when encrypting a single item with --raw");
        }
    }

    private static byte[] ReadStandardInput(KubesealSession session)
    {
        if (session.Environment.IsInputTerminal)
        {
            session.Environment.PrintError(KubesealSession.ValueNote);
        }

        return session.ReadFile(session.Flags.SecretFile.Length > 0 ? session.Flags.SecretFile : "/dev/stdin");
    }
}
