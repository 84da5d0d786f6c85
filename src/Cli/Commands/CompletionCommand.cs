using System.CommandLine;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops completion SHELL</c>: prints a script that completes verbs and options on Tab.</summary>
internal static class CompletionCommand
{
    // The shell asks the program itself: `secretsops [suggest:POSITION] "LINE"` prints one candidate a line.
    private const string Bash = """
        _secretsops() {
          local IFS=$'\n'
          COMPREPLY=( $(secretsops "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null) )
          [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=( $(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o filenames -F _secretsops secretsops

        """;

    private const string Zsh = """
        #compdef secretsops
        _secretsops() {
          local -a candidates
          candidates=("${(@f)$(secretsops "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- ${candidates:#} || _files
        }
        compdef _secretsops secretsops

        """;

    private const string Fish = """
        complete -c secretsops -a '(secretsops "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'

        """;

    internal static Command Create(CliEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a shell completion script: source <(secretsops completion bash)") { shell };
        command.SetAction(parsed =>
        {
            environment.Print(parsed.GetRequiredValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return (int)CliExitCode.Success;
        });
        return command;
    }
}
