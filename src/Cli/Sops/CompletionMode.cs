using System.Text;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops completion bash|zsh</c>: a script for the shell, which asks this program for candidates.</summary>
internal static class CompletionMode
{
    /// <summary>Asks for candidates when it stands last; scripts made by sops itself say so too.</summary>
    public const string Request = "--generate-bash-completion";

    private const string Bash = """
        _sops() {
          local current="${COMP_WORDS[COMP_CWORD]}" words=("${COMP_WORDS[@]:0:COMP_CWORD}")
          case "$current" in -*) words+=("$current") ;; esac
          COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$current"))
        }
        complete -o bashdefault -o default -F _sops sops

        """;

    private const string Zsh = """
        #compdef sops
        _sops() {
          local -a given candidates
          given=("${(@)words[1,CURRENT-1]}")
          [[ "${words[CURRENT]}" == -* ]] && given+=("${words[CURRENT]}")
          candidates=("${(@f)$("${given[@]}" --generate-bash-completion 2>/dev/null)}")
          if [[ -n "${candidates[1]}" ]]; then
            compadd -a candidates
          else
            _files
          fi
        }
        compdef _sops sops

        """;

    /// <summary>Prints the script for bash.</summary>
    public static Task<int> RunBashAsync(SopsSession session, CancellationToken cancellationToken) => PrintAsync(session, Bash);

    /// <summary>Prints the script for zsh.</summary>
    public static Task<int> RunZshAsync(SopsSession session, CancellationToken cancellationToken) => PrintAsync(session, Zsh);

    /// <summary>What may follow the words, one a line: options after a dash, else the commands below the last one named; nothing where a file is expected.</summary>
    public static string Candidates(IReadOnlyList<string> words)
    {
        IReadOnlyList<SopsCommand> commands = SopsCommands.All;
        SopsCommand? current = null;
        foreach (var word in words)
        {
            if (commands.FirstOrDefault(command => command.Name == word) is { } next)
            {
                (current, commands) = (next, next.Children);
            }
        }

        var isOption = words.Count > 0 && words[^1].StartsWith('-');
        var candidates = isOption
            ? (current?.Flags ?? SopsFlags.Global).Append(SopsHelp.Flag).Select(flag => "--" + flag.Name).Distinct().Where(name => name.StartsWith(words[^1], StringComparison.Ordinal))
            : commands.Select(command => command.Name);
        return candidates.Aggregate(new StringBuilder(), (text, name) => text.Append(name).Append('\n')).ToString();
    }

    private static Task<int> PrintAsync(SopsSession session, string script)
    {
        session.Environment.Print(script);
        return Task.FromResult(0);
    }
}
