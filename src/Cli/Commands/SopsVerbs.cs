using System.CommandLine;
using SecretsOps.Cli.Sops;

namespace SecretsOps.Cli.Commands;

/// <summary>The verbs for SOPS files.</summary>
internal static class SopsVerbs
{
    private static SopsFlag Recursive { get; } = new("recursive", "take every SOPS file below the directories named") { Short = "r", IsSwitch = true };

    private static SopsFlag DryRun { get; } = new("dry-run", "say what would change and change nothing") { IsSwitch = true };

    private static SopsFlag Reformat { get; } = new("reformat", "write the whole file anew, as sops does, instead of the changed values only") { IsSwitch = true };

    private static SopsFlag ExitCode { get; } = new("exit-code", "leave with code 3 when something changed") { IsSwitch = true };

    private static SopsFlag AllowForeign { get; } = new("allow-foreign-recipients", "wrap the data key also for recipients that the creation rule does not name") { IsSwitch = true };

    /// <summary>Every verb, for the root command.</summary>
    public static IEnumerable<Command> All(CliEnvironment environment)
    {
        yield return SopsVerb.Create(Own("encrypt", BatchMode.EncryptAsync), environment, new SopsFlag("reuse", "an encrypted older version of the file: what did not change keeps its ciphertext"), AllowForeign);
        yield return SopsVerb.Create(Own("decrypt", BatchMode.DecryptAsync), environment);
        yield return SopsVerb.Create(Own("rotate", PolicedMode.RotateAsync), environment, AllowForeign);
        yield return SopsVerb.Create(Own("updatekeys", UpdateTreeMode.RunAsync), environment, Recursive, DryRun);
        yield return SopsVerb.Create(Groups(), environment);
        yield return SopsVerb.Create(Own("exec-env", ExecCommandMode.RunAsync), environment);
        yield return SopsVerb.Create(Find("exec-file"), environment);
        yield return SopsVerb.Create(Find("filestatus"), environment);
        yield return SopsVerb.Create(Find("publish"), environment);
        yield return SopsVerb.Create(Find("keyservice"), environment);
        yield return SopsVerb.Create(new("verify", "check SOPS files without any key: complete metadata, nothing malformed, recipients as the rules have them", [SopsFlags.InputType], LintMode.VerifyAsync), environment, Recursive);
        yield return Git(environment);
    }

    /// <summary><c>edit</c> for SOPS files.</summary>
    public static Command Edit(CliEnvironment environment) => SopsVerb.Create(Find("edit"), environment, Reformat);

    /// <summary><c>set</c> for SOPS files.</summary>
    public static Command Set(CliEnvironment environment) => SopsVerb.Create(Find("set"), environment, Reformat);

    /// <summary><c>unset</c> for SOPS files.</summary>
    public static Command Unset(CliEnvironment environment) => SopsVerb.Create(Find("unset"), environment, Reformat);

    /// <summary><c>view</c> for SOPS files.</summary>
    public static Command View(CliEnvironment environment) => SopsVerb.Create(Find("decrypt") with { Name = "view", Usage = "Show the plaintext of a SOPS file" }, environment);

    /// <summary><c>diff</c> for SOPS files.</summary>
    public static Command Diff(CliEnvironment environment) => SopsVerb.Create(
        new("diff", "Tell which values of a SOPS file changed, without telling values", [SopsFlags.InputType, ExitCode], DiffMode.RunAsync), environment);

    private static SopsCommand Find(string name) => SopsCommands.All.First(command => command.Name == name);

    private static SopsCommand Own(string name, Func<SopsSession, CancellationToken, Task<int>> run) => Find(name) with { Run = run };

    private static SopsCommand Groups()
    {
        var groups = Find("groups");
        return groups with
        {
            Children = [.. groups.Children.Select(child => child with
            {
                Flags = [.. child.Flags, AllowForeign],
                Run = child.Name == "add" ? PolicedMode.AddGroupAsync : PolicedMode.DeleteGroupAsync,
            })],
        };
    }

    private static Command Git(CliEnvironment environment)
    {
        var git = new Command("git", "drivers that Git calls: see docs/how-to/merge-sops-files.md");
        git.Subcommands.Add(SopsVerb.Create(new("merge", "merge driver: BASE OURS THEIRS PATH", [SopsFlags.InputType], GitMode.MergeAsync), environment));
        git.Subcommands.Add(SopsVerb.Create(new("textconv", "print the plaintext of FILE for 'git diff'", [SopsFlags.InputType], GitMode.TextConversionAsync), environment));
        git.Subcommands.Add(SopsVerb.Create(new("clean", "filter: plaintext on standard input to the SOPS file of PATH", [SopsFlags.InputType], GitMode.CleanAsync), environment));
        git.Subcommands.Add(SopsVerb.Create(new("smudge", "filter: SOPS file on standard input to plaintext", [SopsFlags.InputType], GitMode.SmudgeAsync), environment));
        return git;
    }
}
