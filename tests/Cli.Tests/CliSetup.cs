using System.Text;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests;

/// <summary>What a run is given: input, variables, directory, clock.</summary>
internal sealed record CliSetup
{
    public static string Keys { get; } = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets", "keys");

    /// <summary>A certificate of 2048 bits: quick.</summary>
    public static string Certificate { get; } = Path.Combine(Keys, "rsa2048.crt");

    public static string PrivateKey { get; } = Path.Combine(Keys, "rsa2048.key");

    public byte[] Input { get; init; } = [];

    public bool IsInputTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    public Dictionary<string, string> Variables { get; init; } = [];

    public string Directory { get; init; } = Path.GetTempPath();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliSetup With(string input) => new() { Input = Encoding.UTF8.GetBytes(input) };
}
