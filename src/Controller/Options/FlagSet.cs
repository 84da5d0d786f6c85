using System.Globalization;
using System.Text;

namespace SecretsOps.Controller.Options;

/// <summary>Parses a command line as Go's pflag does: <c>--name value</c>, <c>--name=value</c>, switches, <c>--</c>; environment first, command line over it.</summary>
internal sealed class FlagSet<TOptions>(string program, IReadOnlyList<Flag<TOptions>> flags)
{
    private readonly Dictionary<string, Flag<TOptions>> _byName = flags.ToDictionary(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>Applies the environment, then the arguments, to <paramref name="options"/>.</summary>
    /// <exception cref="FlagException">A flag is unknown, lacks its value, or the value is not understood.</exception>
    public TOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> environment, TOptions options)
    {
        options = flags.Aggregate(options, (current, flag) => FromEnvironment(flag, environment, current));
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                break;
            }

            // Compatibility: kubeseal's controller ignores positional arguments.
            if (argument.StartsWith('-') && argument.Length > 1)
            {
                options = Apply(argument, i + 1 < arguments.Count ? arguments[i + 1] : null, options, out var tookNext);
                i += tookNext ? 1 : 0;
            }
        }

        return options;
    }

    /// <summary>The help text: one line per flag, sorted by name as pflag prints it.</summary>
    public string Usage()
    {
        var width = flags.Max(flag => flag.Name.Length);
        var text = new StringBuilder($"Usage of {program}:\n");
        foreach (var flag in flags.OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            var initial = flag.Default.Length == 0 ? "" : $" (default {flag.Default})";
            text.Append(CultureInfo.InvariantCulture, $"      --{flag.Name.PadRight(width)}   {flag.Help}{initial}\n");
        }

        return text.ToString();
    }

    // Compatibility: an invalid value in the environment is ignored, as upstream does.
    private static TOptions FromEnvironment(Flag<TOptions> flag, Func<string, string?> environment, TOptions options)
    {
        if (environment(flag.Variable) is not { } text)
        {
            return options;
        }

        try
        {
            return flag.Set(options, text);
        }
        catch (FormatException)
        {
            return options;
        }
    }

    private TOptions Apply(string argument, string? next, TOptions options, out bool tookNext)
    {
        tookNext = false;
        var name = argument.TrimStart('-');
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        var value = equals < 0 ? null : name[(equals + 1)..];
        name = equals < 0 ? name : name[..equals];
        if (!_byName.TryGetValue(name, out var flag))
        {
            throw new FlagException($"unknown flag: --{name}");
        }

        if (value is null && !flag.IsSwitch)
        {
            value = next ?? throw new FlagException($"flag needs an argument: --{name}");
            tookNext = true;
        }

        try
        {
            return flag.Set(options, value ?? "true");
        }
        catch (FormatException error)
        {
            throw new FlagException($"invalid argument \"{value}\" for \"--{name}\" flag: {error.Message}");
        }
    }
}
