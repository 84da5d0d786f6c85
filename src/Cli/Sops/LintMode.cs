using SecretsOps.Sops;
using SecretsOps.Sops.Configuration;

namespace SecretsOps.Cli.Sops;

/// <summary><c>secretsops lint</c> and <c>verify</c>: checks for CI and pre-commit that need no key.</summary>
internal static class LintMode
{
    /// <summary>Every encrypted file is whole; with a rule for it, also for the rule's recipients.</summary>
    public static Task<int> VerifyAsync(SopsSession session, CancellationToken cancellationToken) =>
        Task.FromResult(Report(session, file => Verify(session, file)));

    private static int Report(SopsSession session, Func<string, IReadOnlyList<string>?> check)
    {
        var arguments = session.Arguments.Positional.Count > 0 ? session.Arguments.Positional : ["."];
        var files = FileSet.Expand(session.Environment, arguments, session.Arguments.Flag("recursive") || session.Arguments.Positional.Count == 0);
        var (checkedFiles, findings) = (0, 0);
        foreach (var file in files)
        {
            var problems = check(file);
            checkedFiles += problems is null ? 0 : 1;
            foreach (var problem in problems ?? [])
            {
                findings++;
                session.Environment.Print($"{Path.GetRelativePath(session.Environment.CurrentDirectory, file)}: {problem}\n");
            }
        }

        session.Environment.PrintError($"{checkedFiles} file(s) checked, {findings} problem(s)\n");
        return findings == 0 ? 0 : (int)CliExitCode.Findings;
    }

    /// <summary>The problems of one file against its creation rule; null when neither SOPS nor a rule has to do with it.</summary>
    public static IReadOnlyList<string>? Lint(SopsSession session, string file)
    {
        if (Path.GetFileName(file) == SopsConfig.FileName)
        {
            return SopsConfig.Load(file).UnknownKeys;
        }

        var rule = RuleOrNull(session, file);
        var format = session.InputFormat(file);
        var content = SopsSession.Read(file);
        if (SopsFile.TryReadMetadata(content, format) is not null)
        {
            return SopsInspection.Inspect(content, format, rule);
        }

        return rule is null ? null : [$"is not encrypted, though the rule in line {rule.Line} of {SopsConfig.FileName} covers it"];
    }

    private static IReadOnlyList<string>? Verify(SopsSession session, string file)
    {
        var format = session.InputFormat(file);
        var content = SopsSession.Read(file);
        var isNamed = session.Arguments.Positional.Any(name => session.Environment.PathOf(name) == file);
        return isNamed || SopsFile.TryReadMetadata(content, format) is not null ? SopsInspection.Inspect(content, format, RuleOrNull(session, file)) : null;
    }

    private static CreationRule? RuleOrNull(SopsSession session, string file)
    {
        try
        {
            return session.ConfigFor(file)?.RuleFor(file);
        }
        catch (SopsException failure) when (failure.Message.Contains("no matching creation rules", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
