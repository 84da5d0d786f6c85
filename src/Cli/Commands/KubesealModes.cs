using System.CommandLine;
using SecretsOps.Cli.Kubeseal;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops seal</c> takes every flag of kubeseal too (<c>--raw</c>, <c>--merge-into</c>, <c>--validate</c>, <c>--re-encrypt</c>, …): with one of them the command line is kubeseal's, and the words of errors are ours.</summary>
internal static class KubesealModes
{
    /// <summary>Whether the verb is <c>seal</c> and a flag stands there that only kubeseal has.</summary>
    public static bool AreMeantBy(string[] arguments, RootCommand root)
    {
        if (arguments is not ["seal", .. var rest])
        {
            return false;
        }

        var own = root.Subcommands.First(command => command.Name == "seal").Options.SelectMany(option => option.Aliases.Prepend(option.Name)).ToHashSet(StringComparer.Ordinal);
        var flags = new KubesealFlags();
        return rest.TakeWhile(argument => argument != "--").Any(argument => IsOnlyKubeseals(argument, own, flags));
    }

    /// <summary>Runs the mode.</summary>
    /// <exception cref="CliException">The flags do not parse; other failures are those of the mode.</exception>
    public static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            await KubesealCommandLine.RunAskedModeAsync(arguments[1..], environment, cancellationToken).ConfigureAwait(false);
            return (int)CliExitCode.Success;
        }
        catch (PflagException failure)
        {
            throw new CliException(failure.Message, "'kubeseal --help' lists the flags", CliExitCode.Usage, failure);
        }
    }

    private static bool IsOnlyKubeseals(string argument, HashSet<string> own, KubesealFlags flags)
    {
        var name = argument.Split('=')[0];
        return name.StartsWith("--", StringComparison.Ordinal)
            ? !own.Contains(name) && name != "--help" && flags.Has(name[2..])
            : name.StartsWith("-f", StringComparison.Ordinal);
    }
}
