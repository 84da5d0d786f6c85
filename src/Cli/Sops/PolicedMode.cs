using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops rotate</c> and <c>groups</c>: as sops, after a look whether the file's recipients are those of its creation rule.</summary>
/// <remarks>Recipients are not authenticated: whoever can write the file can add one, and it takes effect at the next re-wrap by somebody trusted.</remarks>
internal static class PolicedMode
{
    public static Task<int> RotateAsync(SopsSession session, CancellationToken cancellationToken)
    {
        Check(session, session.RequireFile(), EncryptionSettings.KeysOf(session.Arguments, "add-"), EncryptionSettings.KeysOf(session.Arguments, "rm-"));
        return RotateMode.RunAsync(session, cancellationToken);
    }

    public static Task<int> AddGroupAsync(SopsSession session, CancellationToken cancellationToken)
    {
        Check(session, session.Environment.PathOf(session.Arguments.Text("file")), EncryptionSettings.KeysOf(session.Arguments), []);
        return GroupsMode.AddAsync(session, cancellationToken);
    }

    public static Task<int> DeleteGroupAsync(SopsSession session, CancellationToken cancellationToken)
    {
        Check(session, session.Environment.PathOf(session.Arguments.Text("file")), [], []);
        return GroupsMode.DeleteAsync(session, cancellationToken);
    }

    /// <summary>Refuses when the creation rule of a file does not name one of its recipients, or one that is to be added.</summary>
    /// <exception cref="SopsException">There is such a recipient, and <c>--allow-foreign-recipients</c> was not given.</exception>
    public static void Check(SopsSession session, string path, IReadOnlyList<MasterKey> added, IReadOnlyList<MasterKey> removed)
    {
        if (!File.Exists(path) || session.Arguments.Flag("allow-foreign-recipients"))
        {
            return;
        }

        var config = session.ConfigFor(path);
        if (config?.CreationRules is null)
        {
            return;
        }

        var metadata = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path)).Metadata;
        IEnumerable<MasterKey> wanted = [.. metadata.AllKeys.Select(key => key.Key), .. added];
        var rule = config.RuleFor(path)!;
        var foreign = RecipientPolicy.Foreign(wanted, rule).Where(key => !removed.Any(other => other.Identity == key.Identity)).ToList();
        if (foreign.Count > 0)
        {
            throw new SopsException(
                SopsExitCode.Generic,
                $"the rule in {config.Path}:{rule.Line} does not name {string.Join(", ", foreign)}; remove it with 'rotate --rm-…', add it to the rule, or use --allow-foreign-recipients");
        }
    }
}
