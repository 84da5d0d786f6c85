using System.Text;

namespace SecretsOps.Cli.Sops;

/// <summary>Help and version texts.</summary>
internal static class SopsHelp
{
    public const string Version = "sops 3.13.1 (secretsops)\n";

    public const string Summary = "Usage: sops [global options] command [command options] [arguments...]; 'sops --help' lists the commands.\n";

    public static SopsFlag Flag { get; } = new("help", "show help") { Short = "h", IsSwitch = true };

    public static string Full
    {
        get
        {
            var text = new StringBuilder("NAME:\n   sops - encrypted file editor with AWS KMS, GCP KMS, Azure Key Vault, HashiCorp Vault, Alibaba and Huawei Cloud KMS, age, and GPG support\n\n");
            text.Append("USAGE:\n   sops [global options] command [command options] [arguments...]\n\nCOMMANDS:\n");
            foreach (var command in SopsCommands.All)
            {
                text.Append("   ").Append(command.Name.PadRight(14)).Append(command.Usage).Append('\n');
            }

            return AppendFlags(text.Append("\nGLOBAL OPTIONS:\n"), SopsFlags.Global).ToString();
        }
    }

    /// <summary>The help on a command, or on all when there is none of the name.</summary>
    public static string On(string name) => SopsCommands.All.FirstOrDefault(command => command.Name == name) is { } known ? Of(known) : Full;

    public static string Of(SopsCommand command)
    {
        var text = new StringBuilder($"NAME:\n   sops {command.Name} - {command.Usage}\n\nUSAGE:\n   sops {command.Name} [command options] [arguments...]\n");
        foreach (var child in command.Children)
        {
            text.Append("   sops ").Append(command.Name).Append(' ').Append(child.Name).Append(": ").Append(child.Usage).Append('\n');
        }

        return AppendFlags(text.Append("\nOPTIONS:\n"), command.Flags).ToString();
    }

    private static StringBuilder AppendFlags(StringBuilder text, IReadOnlyList<SopsFlag> flags)
    {
        foreach (var flag in flags)
        {
            var names = $"--{flag.Name}{(flag.Short.Length > 0 ? $", -{flag.Short}" : "")}{(flag.IsSwitch ? "" : " value")}";
            text.Append("   ").Append(names.PadRight(40)).Append(flag.Usage);
            text.Append(flag.Variable.Length > 0 ? $" [${flag.Variable}]\n" : "\n");
        }

        return text;
    }
}
