namespace SecretsOps.Controller.Options;

/// <summary>One command-line flag: its texts, and what its value changes in the options.</summary>
internal sealed record Flag<TOptions>(string Name, string Default, string Help, Func<TOptions, string, TOptions> Set)
{
    /// <summary>Whether <c>--name</c> alone means <c>--name=true</c>, as pflag has it for booleans.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>The environment variable that sets the flag where the command line does not.</summary>
    public string Variable => $"SEALED_SECRETS_{Name.Replace('-', '_').ToUpperInvariant()}";
}

/// <summary>A command line that cannot be understood; the message is for the user.</summary>
internal sealed class FlagException(string message) : Exception(message);
