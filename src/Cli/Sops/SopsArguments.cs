namespace SecretsOps.Cli.Sops;

/// <summary>Options and arguments as urfave/cli v1 parses them: before the command options come first; those of a command may follow its arguments.</summary>
internal sealed class SopsArguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SopsFlag> _flags = new(StringComparer.Ordinal);
    private readonly CliEnvironment _environment;

    private SopsArguments(IReadOnlyList<SopsFlag> flags, CliEnvironment environment)
    {
        _environment = environment;
        foreach (var flag in flags)
        {
            _flags[flag.Name] = flag;
            if (flag.Short.Length > 0)
            {
                _flags[flag.Short] = flag;
            }
        }
    }

    /// <summary>What is left after the options.</summary>
    public IReadOnlyList<string> Positional { get; private set; } = [];

    /// <summary>The options before the command's name.</summary>
    public SopsArguments? Global { get; init; }

    /// <exception cref="SopsUsageException">An option is unknown or lacks its value.</exception>
    public static SopsArguments Parse(IReadOnlyList<string> arguments, IReadOnlyList<SopsFlag> flags, CliEnvironment environment, SopsArguments? global = null)
    {
        var parsed = new SopsArguments(flags, environment) { Global = global };
        arguments = global is null ? arguments : OptionsFirst.Sort(arguments, parsed._flags.ContainsKey);
        var index = 0;
        while (index < arguments.Count && arguments[index] is { Length: > 1 } argument && argument[0] == '-')
        {
            index++;
            if (argument == "--")
            {
                break;
            }

            parsed.ReadFlag(argument.TrimStart('-'), arguments, ref index);
        }

        parsed.Positional = [.. arguments.Skip(index)];
        return parsed;
    }

    /// <summary>Options that another parser has read.</summary>
    public static SopsArguments Of(
        IReadOnlyList<SopsFlag> flags, IEnumerable<(string Name, IReadOnlyList<string> Values)> values, IReadOnlyList<string> positional, CliEnvironment environment)
    {
        var arguments = new SopsArguments(flags, environment) { Positional = positional };
        foreach (var (name, texts) in values)
        {
            arguments._values[name] = [.. texts];
        }

        return arguments;
    }

    /// <summary>The value of an option, else of its variable, else empty.</summary>
    public string Text(string name)
    {
        if (_values.TryGetValue(name, out var values))
        {
            return _flags.TryGetValue(name, out var known) && known.IsRepeatable ? string.Join(',', values) : values[^1];
        }

        return _flags.TryGetValue(name, out var flag) && flag.Variable.Length > 0 ? _environment.Variable(flag.Variable) ?? "" : "";
    }

    /// <summary>Whether an option (or its variable) is set.</summary>
    public bool Has(string name) => Text(name).Length > 0 || _values.ContainsKey(name);

    /// <summary>All values of a repeatable option; its variable is split at commas.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        _values.TryGetValue(name, out var values) ? values
        : Text(name) is { Length: > 0 } text ? text.Split(',', StringSplitOptions.TrimEntries) : [];

    /// <summary>Whether a switch is on.</summary>
    public bool Flag(string name) => IsTrue(Text(name));

    /// <summary>A switch that is on unless turned off.</summary>
    public bool FlagOrTrue(string name) => Text(name) is not { Length: > 0 } text || IsTrue(text);

    /// <summary>The value here, or before the command's name.</summary>
    public string TextAnywhere(string name) => Has(name) ? Text(name) : Global?.Text(name) ?? "";

    /// <summary>A switch here, or before the command's name.</summary>
    public bool FlagAnywhere(string name) => Flag(name) || (Global?.Flag(name) ?? false);

    private static bool IsTrue(string text) => text is "true" or "TRUE" or "True" or "1" or "t" or "T";

    private static bool IsFalse(string text) => text is "false" or "FALSE" or "False" or "0" or "f" or "F";

    private void ReadFlag(string text, IReadOnlyList<string> arguments, ref int index)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        if (!_flags.TryGetValue(name, out var flag))
        {
            throw new SopsUsageException($"flag provided but not defined: -{name}");
        }

        var value = equals >= 0 ? text[(equals + 1)..]
            : flag.IsSwitch ? "true"
            : index < arguments.Count ? arguments[index++]
            : throw new SopsUsageException($"flag needs an argument: -{name}");
        if (flag.IsSwitch && !IsTrue(value) && !IsFalse(value))
        {
            throw new SopsUsageException($"invalid boolean value \"{value}\" for -{name}: parse error");
        }

        if (!_values.TryGetValue(flag.Name, out var values))
        {
            _values[flag.Name] = values = [];
        }

        values.Add(value);
    }
}
