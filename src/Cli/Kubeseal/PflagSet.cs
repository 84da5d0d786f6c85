using System.Text;

namespace SecretsOps.Cli.Kubeseal;

// The conventions of spf13/pflag, which every Go program around Kubernetes follows: --flag=value, --flag value, -f value, -fvalue,
// grouped switches, flags among arguments, `--` ends the flags, switches take a value only behind an equals sign.

/// <summary>A set of flags, parsed and described as pflag does it.</summary>
internal sealed class PflagSet(string programName)
{
    /// <summary>The message of the exception that stands for <c>--help</c>.</summary>
    internal const string HelpRequested = "pflag: help requested";

    private readonly SortedDictionary<string, PflagFlag> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<char, PflagFlag> _shorthands = [];

    /// <summary>The flags that the command line gave.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>The sentences about deprecated flags that were used.</summary>
    public List<string> Notices { get; } = [];

    public void Add(PflagFlag flag)
    {
        _flags.Add(flag.Name, flag);
        if (flag.Shorthand is { } letter)
        {
            _shorthands.Add(letter, flag);
        }
    }

    public bool Has(string name) => _flags.ContainsKey(name);

    /// <summary>Gives flags their values from variables: <c>PREFIX_FLAG_NAME</c>. Values that do not fit are passed over.</summary>
    public void SetFromVariables(string prefix, Func<string, string?> variable)
    {
        foreach (var flag in _flags.Values)
        {
            if (variable(prefix + flag.Name.ToUpperInvariant().Replace('-', '_')) is { } value)
            {
                TrySet(flag, value);
            }
        }
    }

    /// <summary>Parses arguments; the rest that are no flags is returned.</summary>
    /// <exception cref="PflagException">An argument does not parse.</exception>
    public IReadOnlyList<string> Parse(IReadOnlyList<string> arguments)
    {
        var rest = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                rest.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                rest.Add(argument);
            }
            else if (argument[1] == '-')
            {
                ParseLong(argument, arguments, ref i);
            }
            else
            {
                ParseShort(argument, arguments, ref i);
            }
        }

        return rest;
    }

    /// <summary>The usage text: a heading, then every flag in two columns.</summary>
    public string Describe()
    {
        var lines = _flags.Values.Where(flag => flag.Deprecation is null).Select(flag => (Left: LeftColumn(flag), Flag: flag)).ToArray();
        var width = lines.Max(line => line.Left.Length) + 3;
        var text = new StringBuilder($"Usage of {programName}:\n");
        foreach (var (left, flag) in lines)
        {
            text.Append(left.PadRight(width)).Append(flag.Usage);
            text.Append(flag.Default.Length == 0 ? "\n" : $" (default {flag.Default})\n");
        }

        return text.ToString();
    }

    private void ParseLong(string argument, IReadOnlyList<string> arguments, ref int index)
    {
        var body = argument[2..];
        if (body[0] is '-' or '=')
        {
            throw new PflagException($"bad flag syntax: {argument}");
        }

        var equals = body.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? body : body[..equals];
        if (!_flags.TryGetValue(name, out var flag))
        {
            throw new PflagException(name == "help" ? HelpRequested : $"unknown flag: --{name}");
        }

        if (equals >= 0)
        {
            Set(flag, body[(equals + 1)..]);
        }
        else if (flag.ValueWhenAlone is { } value)
        {
            Set(flag, value);
        }
        else if (index + 1 < arguments.Count)
        {
            Set(flag, arguments[++index]);
        }
        else
        {
            throw new PflagException($"flag needs an argument: --{name}");
        }
    }

    private void ParseShort(string argument, IReadOnlyList<string> arguments, ref int index)
    {
        for (var at = 1; at < argument.Length; at++)
        {
            var letter = argument[at];
            if (!_shorthands.TryGetValue(letter, out var flag))
            {
                throw new PflagException(letter == 'h' ? HelpRequested : $"unknown shorthand flag: '{letter}' in {argument}");
            }

            var follows = argument[(at + 1)..];
            if (follows.StartsWith('='))
            {
                Set(flag, follows[1..]);
                return;
            }

            if (flag.ValueWhenAlone is { } value)
            {
                Set(flag, value);
                continue;
            }

            if (follows.Length == 0 && index + 1 >= arguments.Count)
            {
                throw new PflagException($"flag needs an argument: '{letter}' in {argument}");
            }

            Set(flag, follows.Length > 0 ? follows : arguments[++index]);
            return;
        }
    }

    private void Set(PflagFlag flag, string value)
    {
        if (flag.Deprecation is { } reason && Given.Add(flag.Name))
        {
            Notices.Add($"Flag --{flag.Name} has been deprecated, {reason}");
        }

        Given.Add(flag.Name);
        try
        {
            flag.Set(value);
        }
        catch (FormatException mismatch)
        {
            var names = flag.Shorthand is { } letter ? $"-{letter}, --{flag.Name}" : $"--{flag.Name}";
            throw new PflagException($"invalid argument \"{value}\" for \"{names}\" flag: {mismatch.Message}");
        }
    }

    private static void TrySet(PflagFlag flag, string value)
    {
        try
        {
            flag.Set(value);
        }
        catch (FormatException)
        {
            // Compatibility: an environment variable that does not fit counts as not set.
        }
    }

    private static string LeftColumn(PflagFlag flag)
    {
        var letter = flag.Shorthand is { } shorthand ? $"-{shorthand}, " : "    ";
        return $"  {letter}--{flag.Name}{(flag.ValueName.Length == 0 ? "" : " " + flag.ValueName)}";
    }
}
