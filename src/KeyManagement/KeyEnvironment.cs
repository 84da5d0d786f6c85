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

    /// <summary>Gives a token of this workload for an audience (a cluster's TokenRequest), in place of the token files that the variables name.</summary>
    public Func<string, CancellationToken, Task<string>>? IdentityToken { get; init; }

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

    /// <summary>The workload's token: asked for with <paramref name="audience"/>, or read from the file that <paramref name="fileVariable"/> names.</summary>
    internal async Task<string> ReadIdentityTokenAsync(string fileVariable, string audience, CancellationToken cancellationToken) =>
        IdentityToken is not null
            ? await AskIdentityTokenAsync(audience, cancellationToken).ConfigureAwait(false)
            : ReadText(NonEmpty(fileVariable) ?? throw new KeyBackendException($"the variable {fileVariable} is not set"));

    /// <summary>The workload's token for an audience, from <see cref="IdentityToken"/>, which must be there.</summary>
    /// <exception cref="KeyBackendException">None could be got.</exception>
    internal async Task<string> AskIdentityTokenAsync(string audience, CancellationToken cancellationToken)
    {
        try
        {
            return await IdentityToken!(audience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new KeyBackendException($"no token of the service account for the audience '{audience}' could be got: {failure.Message}", "allow the controller to create serviceaccounts/token", failure);
        }
    }

    /// <summary>Reads a small text file, without the white space around it.</summary>
    /// <exception cref="KeyBackendException">It cannot be read.</exception>
    internal static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyBackendException($"the file '{path}' cannot be read: {failure.Message}", innerException: failure);
        }
    }
}
