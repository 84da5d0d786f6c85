namespace SecretsOps.KeyManagement;

/// <summary>What a process gives the key services to find credentials with: variables, home directory, clock, a person to ask.</summary>
/// <remarks>Executables fill it from the real process; tests from a dictionary.</remarks>
public sealed record KeyEnvironment
{
    /// <summary>Reads an environment variable; <c>null</c> when unset.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The user's home directory; <c>HOME</c> when not given.</summary>
    public string? HomeDirectory { get => field ?? NonEmpty("HOME"); init; }

    /// <summary>The clock for signatures, tokens and time-outs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whom to ask for passphrases, when anybody is there.</summary>
    public IKeyInteraction? Interaction { get; init; }

    /// <summary>The variable's value, or <c>null</c> when it is unset or empty.</summary>
    public string? NonEmpty(string name) => Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The first of several variables that is set and not empty.</summary>
    public string? FirstNonEmpty(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NonEmpty(name) is { } value)
            {
                return value;
            }
        }

        return null;
    }
}
