using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops rotate</c>: as sops, after a look whether the file's recipients are those of its creation rule.</summary>
/// <remarks>Recipients are not authenticated: whoever can write the file can add one, and it takes effect at the next re-wrap by somebody trusted.</remarks>
internal static class PolicedMode
{
    public static Task<int> RotateAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var path = session.RequireFile();
        if (File.Exists(path) && !session.Arguments.Flag("allow-foreign-recipients"))
        {
            Check(session, path);
        }

        return RotateMode.RunAsync(session, cancellationToken);
    }

    private static void Check(SopsSession session, string path)
    {
        var config = session.ConfigFor(path);
        if (config?.CreationRules is null)
        {
            return;
        }

        var metadata = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path)).Metadata;
        IEnumerable<MasterKey> wanted = [.. metadata.AllKeys.Select(key => key.Key), .. EncryptionSettings.KeysOf(session.Arguments, "add-")];
        var removed = EncryptionSettings.KeysOf(session.Arguments, "rm-");
        var rule = config.RuleFor(path)!;
        var foreign = RecipientPolicy.Foreign(wanted, rule).Where(key => !removed.Exists(other => other.Identity == key.Identity)).ToList();
        if (foreign.Count > 0)
        {
            throw new SopsException(
                SopsExitCode.Generic,
                $"the rule in {config.Path}:{rule.Line} does not name {string.Join(", ", foreign)}; remove it with --rm-*, add it to the rule, or use --allow-foreign-recipients");
        }
    }
}
