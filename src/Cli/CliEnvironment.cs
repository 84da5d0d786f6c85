using System.Collections;
using System.Text;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli;

/// <summary>What a command line takes from its process: streams, terminal flags, environment variables, current directory and clock.</summary>
/// <remarks>Tests run a whole command line in process by giving it one of these; nothing below <c>Program</c> reads the process itself.</remarks>
internal sealed record CliEnvironment
{
    /// <summary>Standard input.</summary>
    public required Stream Input { get; init; }

    /// <summary>Standard output.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error.</summary>
    public required Stream Error { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Whether a person reads the output.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads the errors: progress is shown only then.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The directory that relative paths start from.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>The clock: certificates expire by it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The environment of this process.</summary>
    public static CliEnvironment FromProcess() => new()
    {
        Input = Console.OpenStandardInput(),
        Output = StandardStream.Open(1),
        Error = StandardStream.Open(2),
        IsInputTerminal = !Console.IsInputRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        Variables = ProcessVariables(),
        CurrentDirectory = Directory.GetCurrentDirectory(),
    };

    /// <summary>The value of an environment variable, or null when it is not set.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) ? value : null;

    /// <summary>An absolute path for a path the user gave.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, CurrentDirectory);

    /// <summary>What the flags say of a cluster, with what the process says: <c>KUBECONFIG</c>, <c>HOME</c>, variables for credential plugins and the clock.</summary>
    public KubeconfigOptions Complete(KubeconfigOptions given) => given with
    {
        KubeconfigVariable = Variable("KUBECONFIG") ?? "",
        HomeDirectory = Variable("HOME") ?? "",
        EnvironmentVariable = Variable,
        TimeProvider = Time,
    };

    /// <summary>Writes text to standard output as it is.</summary>
    public void Print(string text) => Output.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes text to standard error as it is.</summary>
    public void PrintError(string text) => Error.Write(Encoding.UTF8.GetBytes(text));

    private static Dictionary<string, string> ProcessVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
