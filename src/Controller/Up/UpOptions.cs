using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Up;

/// <summary>What <c>secretsops up</c> is asked for.</summary>
internal sealed record UpOptions
{
    public string DataDirectory { get; init; } = "";

    /// <summary>The API's port on loopback; 0 takes the one used last, or any free one.</summary>
    public int Port { get; init; }

    public string Repository { get; init; } = "";

    public string Path { get; init; } = ".";

    public string Revision { get; init; } = "HEAD";

    public string Namespace { get; init; } = "default";

    public string AgeKeyFile { get; init; } = "";

    /// <summary>Where plug-in declarations lie, one folder each; empty for none.</summary>
    public string PluginFolder { get; init; } = "";

    public string LogLevel { get; init; } = "INFO";

    public bool IsHelpAsked { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FlagException">The command line is not understood.</exception>
    public static UpOptions Parse(IReadOnlyList<string> arguments) => Flags.Parse(arguments, _ => null, new UpOptions());

    /// <summary>The help text.</summary>
    public static string Usage() => Flags.Usage();

    private static FlagSet<UpOptions> Flags => new("secretsops up",
    [
        new("data", "~/.local/share/secretsops", "Directory of the cluster's state, its kubeconfig and logs.", (o, v) => o with { DataDirectory = v }),
        new("port", "0", "Port of the Kubernetes API on loopback (0: any free one).", (o, v) => o with { Port = GoText.Integer(v) }),
        new("repo", "", "Git repository to deliver: a URL or a local path.", (o, v) => o with { Repository = v }),
        new("path", ".", "Directory in the repository.", (o, v) => o with { Path = v }),
        new("revision", "HEAD", "Branch, tag or commit.", (o, v) => o with { Revision = v }),
        new("namespace", "default", "Namespace that the repository is delivered to.", (o, v) => o with { Namespace = v }),
        new("age-key", "", "File with age identities that open the repository's SOPS files.", (o, v) => o with { AgeKeyFile = v }),
        new("plugins", "", "Folder of plug-in declarations (plugin.yaml), one folder each.", (o, v) => o with { PluginFolder = v }),
        new("log-level", "INFO", "Level of DIR/controller.log.", (o, v) => o with { LogLevel = v }),
        new("help", "false", "Print this text and exit.", (o, v) => o with { IsHelpAsked = GoText.Boolean(v) }) { IsSwitch = true },
    ]);
}
