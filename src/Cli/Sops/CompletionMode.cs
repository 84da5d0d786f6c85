using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops completion bash|zsh</c>: a script for the shell.</summary>
internal static class CompletionMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var shell = session.Arguments.Positional.Count > 0 ? session.Arguments.Positional[0] : "";
        var names = string.Join(' ', SopsCommands.All.Select(command => command.Name));
        session.Environment.Print(shell switch
        {
            "bash" => $"_sops() {{\n  local current=\"${{COMP_WORDS[COMP_CWORD]}}\"\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W \"{names}\" -- \"$current\") $(compgen -f -- \"$current\"))\n  else\n    COMPREPLY=($(compgen -f -- \"$current\"))\n  fi\n}}\ncomplete -o filenames -F _sops sops\n",
            "zsh" => $"#compdef sops\n_sops() {{\n  if (( CURRENT == 2 )); then\n    _values command {names}\n  fi\n  _files\n}}\ncompdef _sops sops\n",
            _ => throw new SopsException(SopsExitCode.Generic, $"Error: unknown shell '{shell}': expected bash or zsh"),
        });
        return Task.FromResult(0);
    }
}
