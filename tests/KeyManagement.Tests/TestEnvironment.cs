using SecretsOps.Testing;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>An environment of its own: an empty home, the machine's PATH, and the variables a test sets.</summary>
internal sealed class TestEnvironment : IDisposable
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

    public KeyEnvironment Keys => new() { Variable = _variables.GetValueOrDefault, Interaction = Person, Clock = Clock };

    public LocalKeyService Service() => new(KeyCredentials.FromEnvironment(Keys));

    public void Dispose() => Home.Dispose();
}
