namespace SecretsOps.Testing.HowTo;

/// <summary>A page of <c>docs/how-to</c> whose steps a test carries out, so that none is only words.</summary>
/// <remarks>A fence <c>sh</c> holds commands; any other whose first line is <c># NAME</c> is the file of that name; the rest is there to be read.</remarks>
public sealed class HowToPage
{
    private HowToPage(IReadOnlyList<HowToStep> steps) => Steps = steps;

    /// <summary>The steps in the order of the page.</summary>
    public IReadOnlyList<HowToStep> Steps { get; }

    /// <summary>Reads <c>docs/how-to/NAME.md</c>.</summary>
    public static HowToPage Read(string name)
    {
        var steps = new List<HowToStep>();
        var heading = "";
        List<string>? fence = null;
        var language = "";
        foreach (var raw in File.ReadAllLines(RepositoryRoot.Combine("docs", "how-to", $"{name}.md")))
        {
            var line = raw.TrimEnd();
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                if (fence is null)
                {
                    (fence, language) = ([], line.Trim()[3..]);
                    continue;
                }

                steps.AddRange(Read(heading, language, fence));
                fence = null;
            }
            else if (fence is not null)
            {
                fence.Add(line);
            }
            else if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#', ' ');
            }
        }

        return new HowToPage(steps);
    }

    private static IEnumerable<HowToStep> Read(string heading, string language, List<string> lines)
    {
        if (language == "sh")
        {
            var commands = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
            return commands.Where(command => command.Length > 0 && command[0] != '#').Select(command => new HowToStep(heading, null, command));
        }

        return lines is [['#', ' ', .. var name], .. var content] && !name.Contains(' ', StringComparison.Ordinal) && name.Contains('.', StringComparison.Ordinal)
            ? [new HowToStep(heading, name, string.Join('\n', content) + "\n")]
            : [];
    }
}

/// <summary>One step: a command line, or a file to write.</summary>
/// <param name="Heading">The heading above it.</param>
/// <param name="FileName">The file's name; null for a command.</param>
/// <param name="Text">The command line, or the file's content.</param>
public sealed record HowToStep(string Heading, string? FileName, string Text);
