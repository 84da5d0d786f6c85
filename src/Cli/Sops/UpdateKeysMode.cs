using System.Globalization;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops updatekeys FILE…</c>: gives files the master keys of their creation rule; values stay untouched.</summary>
internal static class UpdateKeysMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        session.RequireConfig();
        var files = session.Arguments.Positional;
        if (files.Count == 0)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: no file specified");
        }

        var failures = 0;
        foreach (var file in files)
        {
            try
            {
                await UpdateAsync(session, file, cancellationToken).ConfigureAwait(false);
            }
            catch (SopsException failure) when (files.Count > 1)
            {
                failures++;
                session.Log("CMD", "error", failure.Message);
            }
        }

        return failures == 0 ? 0 : throw new SopsException(SopsExitCode.Generic, $"failed updating {failures} key(s)");
    }

    private static async Task UpdateAsync(SopsSession session, string name, CancellationToken cancellationToken)
    {
        var path = session.Environment.PathOf(name);
        if (Directory.Exists(path))
        {
            throw new SopsException(SopsExitCode.Generic, "can't operate on a directory");
        }

        FileEditor.RequireExisting(path);
        var config = session.ConfigFor(path) ?? throw new SopsException(SopsExitCode.Generic, "config file not found");
        Report(session, $"Syncing keys for file {name}");
        var document = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path));
        var rule = config.RuleFor(path) ?? throw new SopsException(SopsExitCode.Generic, $"The config file {config.Path} does not contain any creation rule");
        var plan = KeyGroupChange.Between(document.Metadata, rule.KeyGroups);
        if (plan.IsEmpty)
        {
            Report(session, $"File {name} already up to date");
            return;
        }

        session.Environment.Print(plan.Describe());
        if (!session.Arguments.Flag("yes") && !Confirmation.Ask(session.Environment, "Is this okay? (y/n):"))
        {
            Report(session, $"File {name} left unchanged");
            return;
        }

        var metadata = await DocumentRotation.RewrapAsync(
            document.Metadata, rule.KeyGroups, plan.Threshold, session.Keys, session.DecryptOptions.Order, session.Environment.Time, cancellationToken).ConfigureAwait(false);
        SopsSession.Write(path, session.Store(session.InputFormat(path)).EmitEncrypted(document.Trees, metadata));
        Report(session, $"File {name} synced with new keys");
    }

    /// <summary>A line as Go's plain logger writes it, in local time.</summary>
    private static void Report(SopsSession session, string message) =>
        session.Environment.PrintError($"{session.Environment.Time.GetLocalNow().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture)} {message}\n");
}
