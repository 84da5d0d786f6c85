using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops updatekeys</c>: many files and whole trees, in parallel, with a dry run.</summary>
internal static class UpdateTreeMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        var isBatch = arguments.Flag("recursive") || arguments.Flag("dry-run") || arguments.Positional.Count > 1;
        if (!isBatch)
        {
            return UpdateKeysMode.RunAsync(session, cancellationToken);
        }

        if (!arguments.Flag("yes") && !arguments.Flag("dry-run"))
        {
            throw new SopsException(SopsExitCode.ConflictingParameters, "several files need --yes, or --dry-run to see what would change");
        }

        var isRecursive = arguments.Flag("recursive");
        var files = FileSet.Expand(session.Environment, arguments.Positional, isRecursive);
        return BatchRun.RunAsync(session, files, (file, token) => UpdateAsync(session, file, isRecursive, token), cancellationToken);
    }

    private static async Task<string?> UpdateAsync(SopsSession session, string file, bool isRecursive, CancellationToken cancellationToken)
    {
        var content = SopsSession.Read(file);
        var format = session.InputFormat(file);
        if (isRecursive && !SopsFile.IsEncrypted(content, format))
        {
            return null;
        }

        var store = session.Store(format);
        var document = store.LoadEncrypted(content);
        var config = session.ConfigFor(file) ?? throw new SopsException(SopsExitCode.Generic, "no .sops.yaml was found for it");
        var rule = config.RuleFor(file) ?? throw new SopsException(SopsExitCode.Generic, $"{config.Path} has no creation rules");
        var change = KeyGroupChange.Between(document.Metadata, rule.KeyGroups);
        if (change.IsEmpty)
        {
            return null;
        }

        var summary = $"{change.Groups.Sum(group => group.Added.Count)} key(s) added, {change.Groups.Sum(group => group.Removed.Count)} removed by the rule in {config.Path}:{rule.Line}";
        if (session.Arguments.Flag("dry-run"))
        {
            return "would have " + summary;
        }

        var metadata = await DocumentRotation.RewrapAsync(
            document.Metadata, rule.KeyGroups, change.Threshold, session.Keys, session.DecryptOptions.Order, session.Environment.Time, cancellationToken).ConfigureAwait(false);
        SopsSession.Write(file, store.EmitEncrypted(document.Trees, metadata));
        return summary;
    }
}
