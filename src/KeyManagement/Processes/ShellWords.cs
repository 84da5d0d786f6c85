using System.Text;

namespace SecretsOps.KeyManagement.Processes;

/// <summary>Splits a command as a shell would, for variables that hold a command; nothing is expanded.</summary>
internal static class ShellWords
{
    /// <summary>The words; quotes and backslashes are taken away.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string command)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < command.Length; i++)
        {
            var character = command[i];
            if (quote == '\0' && char.IsWhiteSpace(character))
            {
                Flush(words, ref word);
                continue;
            }

            word ??= new StringBuilder();
            if (character is '\'' or '"' && (quote == '\0' || quote == character))
            {
                quote = quote == '\0' ? character : '\0';
            }
            else if (character == '\\' && quote != '\'' && i + 1 < command.Length)
            {
                word.Append(command[++i]);
            }
            else
            {
                word.Append(character);
            }
        }

        Flush(words, ref word);
        return quote == '\0' ? words : throw new FormatException("a quote in the command is not closed");
    }

    private static void Flush(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }
    }
}
