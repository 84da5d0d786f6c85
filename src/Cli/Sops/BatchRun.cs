using System.Collections.Concurrent;
using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>Does one thing to many files at once and sums up; a failure stops only its file.</summary>
internal static class BatchRun
{
    /// <param name="session">The run.</param>
    /// <param name="files">Absolute paths.</param>
    /// <param name="work">Does the work and says what it did, or null when nothing was to be done.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>The exit code: that of a single file's failure, else 1 for any.</returns>
    public static async Task<int> RunAsync(
        SopsSession session, IReadOnlyList<string> files, Func<string, CancellationToken, Task<string?>> work, CancellationToken cancellationToken)
    {
        var outcomes = new ConcurrentDictionary<string, (string? Done, string? Failure)>(StringComparer.Ordinal);
        var finished = 0;
        await Parallel.ForEachAsync(files, cancellationToken, async (file, token) =>
        {
            try
            {
                outcomes[file] = (await work(file, token).ConfigureAwait(false), null);
            }
            catch (Exception failure) when (failure is SopsException or MasterKeyException or IOException or UnauthorizedAccessException)
            {
                outcomes[file] = (null, failure.Message);
            }

            ShowProgress(session, Interlocked.Increment(ref finished), files.Count);
        }).ConfigureAwait(false);
        return Summarize(session, files, outcomes);
    }

    private static int Summarize(SopsSession session, IReadOnlyList<string> files, ConcurrentDictionary<string, (string? Done, string? Failure)> outcomes)
    {
        foreach (var file in files)
        {
            var (done, failure) = outcomes[file];
            var name = Path.GetRelativePath(session.Environment.CurrentDirectory, file);
            if (failure is not null)
            {
                session.Environment.PrintError($"{name}: error: {failure}\n");
            }
            else if (done is not null)
            {
                session.Environment.PrintError($"{name}: {done}\n");
            }
        }

        var failed = outcomes.Values.Count(outcome => outcome.Failure is not null);
        var changed = outcomes.Values.Count(outcome => outcome.Done is not null);
        session.Environment.PrintError($"{files.Count} file(s): {changed} done, {files.Count - changed - failed} left alone, {failed} failed\n");
        return failed == 0 ? 0 : (int)SopsExitCode.Generic;
    }

    private static void ShowProgress(SopsSession session, int finished, int total)
    {
        if (session.Environment.IsErrorTerminal && total > 1)
        {
            const int Width = 30;
            var filled = Width * finished / total;
            session.Environment.PrintError($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {finished}/{total}{(finished == total ? "\n" : "")}");
        }
    }
}
