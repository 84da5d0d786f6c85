using System.Globalization;
using SecretsOps.KeyManagement;
using SecretsOps.Sops;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops groups add</c> and <c>delete</c>: the data key split anew over the changed groups.</summary>
internal static class GroupsMode
{
    public static Task<int> AddAsync(SopsSession session, CancellationToken cancellationToken)
    {
        if (session.Arguments.Positional.Count > 0)
        {
            throw new SopsException(SopsExitCode.Generic, "error: no positional arguments allowed");
        }

        var keys = EncryptionSettings.KeysOf(session.Arguments);
        return keys.Count == 0
            ? throw new SopsException(SopsExitCode.Generic, "Error: the new group needs at least one key, such as --age RECIPIENT")
            : ChangeAsync(session, groups => groups.Add(keys), cancellationToken);
    }

    public static Task<int> DeleteAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var text = session.Arguments.Positional.Count == 1
            ? session.Arguments.Positional[0]
            : throw new SopsException(SopsExitCode.Generic, "error: exactly one positional argument (index) required");
        return uint.TryParse(text, CultureInfo.InvariantCulture, out var index)
            ? ChangeAsync(session, groups => Remove(groups, (int)index), cancellationToken)
            : throw new SopsException(SopsExitCode.Generic, $"failed to parse [index] argument: '{text}' is no number");
    }

    private static void Remove(List<IReadOnlyList<MasterKey>> groups, int index)
    {
        if (index >= groups.Count)
        {
            throw new SopsException(SopsExitCode.Generic, $"Error: the file has {groups.Count} key group(s), numbered from 0; there is no group {index}");
        }

        groups.RemoveAt(index);
    }

    private static async Task<int> ChangeAsync(SopsSession session, Action<List<IReadOnlyList<MasterKey>>> change, CancellationToken cancellationToken)
    {
        var file = session.Arguments.Text("file");
        var path = file.Length > 0 ? session.Environment.PathOf(file) : throw new SopsException(SopsExitCode.NoFile, "Error: no file specified: use --file");
        var store = session.Store(session.InputFormat(path));
        var document = store.LoadEncrypted(SopsSession.Read(path));
        List<IReadOnlyList<MasterKey>> groups = [.. document.Metadata.KeyGroups.Select(KeysOf)];
        change(groups);
        var threshold = Threshold(session, document.Metadata, groups.Count);
        var metadata = await DocumentRotation.RewrapAsync(
            document.Metadata, groups, threshold, session.Keys, DataKeys.DefaultOrder, session.Environment.Time, cancellationToken).ConfigureAwait(false);
        session.WriteOutput(store.EmitEncrypted(document.Trees, metadata), path);
        return 0;
    }

    private static IReadOnlyList<MasterKey> KeysOf(KeyGroup group) => [.. group.Keys.Select(key => key.Key)];

    private static int Threshold(SopsSession session, SopsMetadata metadata, int groupCount)
    {
        var text = session.Arguments.Text("shamir-secret-sharing-threshold");
        var threshold = int.TryParse(text, CultureInfo.InvariantCulture, out var given) ? given : metadata.ShamirThreshold;
        return threshold <= groupCount || groupCount == 0 ? threshold : throw new SopsException(
            SopsExitCode.Generic,
            $"removing this key group will make the Shamir threshold impossible to satisfy: Shamir threshold is {threshold}, but we only have {groupCount} key groups");
    }
}
