using SecretsOps.KeyManagement;

namespace SecretsOps.Testing.KeyServices;

/// <summary>An environment of its own: an empty home, the machine's PATH, and the variables a test sets.</summary>
public sealed class TestEnvironment : IDisposable
{
    private readonly Dictionary<string, string?> _variables = new(StringComparer.Ordinal);

    public TestEnvironment()
    {
        _variables["HOME"] = Home.Path;
        _variables["PATH"] = Environment.GetEnvironmentVariable("PATH");
    }

    public TemporaryDirectory Home { get; } = new();

    public TestPerson Person { get; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string? this[string name]
    {
        set => _variables[name] = value;
    }

    /// <summary>The variables that are set, for a process of its own.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Key, variable => variable.Value!);

    public KeyEnvironment Keys => new() { Variable = _variables.GetValueOrDefault, Interaction = Person, Clock = Clock };

    public LocalKeyService Service() => new(KeyCredentials.FromEnvironment(Keys));

    public void Dispose() => Home.Dispose();
}
