using System.CommandLine;
using SecretsOps.Cli.Sops;
using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Commands;

/// <summary>Offers a command of the SOPS front end as a verb of <c>secretsops</c>: options anywhere, our messages, sops's exit codes.</summary>
internal static class SopsVerb
{
    /// <summary>A verb with the command's options and those of our own.</summary>
    public static Command Create(SopsCommand source, CliEnvironment environment, params ReadOnlySpan<SopsFlag> ownFlags)
    {
        var command = new Command(source.Name, source.Usage);
        List<SopsFlag> flags = [.. source.Flags, .. ownFlags, Config, Indent];
        var options = new List<(SopsFlag Flag, Option Option)>();
        foreach (var flag in flags.DistinctBy(flag => flag.Name))
        {
            var option = OptionOf(flag);
            options.Add((flag, option));
            command.Options.Add(option);
        }

        var positional = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore, Description = "files, and what the verb needs beside them" };
        command.Arguments.Add(positional);
        foreach (var child in source.Children)
        {
            command.Subcommands.Add(Create(child, environment));
        }

        command.SetAction((parsed, cancellationToken) =>
        {
            var given = options.Where(option => parsed.GetResult(option.Option) is { Implicit: false }).Select(option => (option.Flag.Name, (IReadOnlyList<string>)ValuesOf(option.Option, option.Flag, parsed)));
            var arguments = SopsArguments.Of(flags, given, parsed.GetValue(positional) ?? [], environment);
            return RunAsync(source, new SopsSession(arguments, environment, SopsDialect.SecretsOps), cancellationToken);
        });
        return command;
    }

    private static SopsFlag Config { get; } = new("config", "the .sops.yaml to use instead of the nearest one") { Variable = "SOPS_CONFIG" };

    private static SopsFlag Indent { get; } = new("indent", "spaces of indentation in YAML and JSON");

    private static async Task<int> RunAsync(SopsCommand source, SopsSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await source.Run(session, cancellationToken).ConfigureAwait(false);
        }
        catch (SopsException failure)
        {
            var place = failure.Place is null ? "" : $" (at {failure.Place})";
            session.Environment.PrintError($"secretsops: error: {failure.Message}{place}\n{HintFor(failure.Code)}");
            return (int)failure.Code;
        }
        catch (Exception failure) when (failure is MasterKeyException or FormatException or SopsUsageException)
        {
            throw new CliException(failure.Message, cause: failure);
        }
    }

    private static string HintFor(SopsExitCode code) => code switch
    {
        SopsExitCode.MacMismatch => "secretsops: hint: the file was changed without SOPS; restore it from Git, or look at it with --ignore-mac\n",
        SopsExitCode.DecryptingTree => "secretsops: hint: a value was changed, moved or renamed by hand, or the rule in the metadata was\n",
        SopsExitCode.AlreadyEncrypted => "secretsops: hint: 'secretsops edit' opens it\n",
        _ => "",
    };

    private static Option OptionOf(SopsFlag flag)
    {
        string[] aliases = flag.Short.Length > 0 ? ["-" + flag.Short] : [];
        var description = flag.Variable.Length > 0 ? $"{flag.Usage} [${flag.Variable}]" : flag.Usage;
        return flag.IsSwitch
            ? new Option<bool>("--" + flag.Name, aliases) { Description = description }
            : new Option<string[]>("--" + flag.Name, aliases) { Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    }

    private static string[] ValuesOf(Option option, SopsFlag flag, ParseResult parsed)
    {
        if (option is Option<bool> @switch)
        {
            return [parsed.GetValue(@switch) ? "true" : "false"];
        }

        var values = parsed.GetValue((Option<string[]>)option) ?? [];
        return flag.IsRepeatable ? values : [string.Join(',', values)];
    }
}
