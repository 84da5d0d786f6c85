using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Testing;

namespace SecretsOps.EndToEnd.Tests.HowTo;

/// <summary>The commands of a page of docs, and what the page says that they print.</summary>
internal sealed partial class HowToPage
{
    private const string Prompt = "$ ";

    private HowToPage(string name, IReadOnlyList<HowToStep> steps) => (Name, Steps) = (name, steps);

    public string Name { get; }

    public IReadOnlyList<HowToStep> Steps { get; }

    /// <summary>Reads every <c>console</c> block: lines with a prompt are commands, the others what they print; a command may go on after a backslash or hold a document up to <c>EOF</c>.</summary>
    /// <param name="name">The file in docs/how-to, or with its folder in docs.</param>
    public static HowToPage Read(string name)
    {
        var text = TextOf(name);
        var steps = ConsoleBlock().Matches(text).SelectMany(block => Read(block.Groups[1].Value.Split('\n'))).ToArray();
        return new HowToPage(name, steps);
    }

    public static string TextOf(string name) =>
        File.ReadAllText(name.Contains('/', StringComparison.Ordinal) ? RepositoryRoot.Combine("docs", name) : RepositoryRoot.Combine("docs", "how-to", name));

    private static List<HowToStep> Read(string[] lines)
    {
        var steps = new List<HowToStep>();
        var (isContinued, isDocument) = (false, false);
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            if (!isDocument && line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                steps.Add(new HowToStep(line[Prompt.Length..], []));
            }
            else if (isContinued || isDocument)
            {
                steps[^1] = steps[^1] with { Command = $"{steps[^1].Command}\n{line}" };
            }
            else
            {
                steps[^1].Output.Add(line);
            }

            isContinued = line.EndsWith('\\');
            isDocument = isDocument ? line != "EOF" : line.EndsWith("<<EOF", StringComparison.Ordinal) || line.EndsWith("<<'EOF'", StringComparison.Ordinal);
        }

        return steps;
    }

    [GeneratedRegex("^```console\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ConsoleBlock();
}

/// <summary>One command, and the lines that it is said to print; <c>…</c> in them stands for anything.</summary>
internal sealed record HowToStep(string Command, List<string> Output)
{
    /// <summary>Whether the lines are there, in their order, one after the other or with others between where a line is only <c>…</c>.</summary>
    public bool IsFitting(string actual)
    {
        var pattern = new StringBuilder();
        foreach (var line in Output)
        {
            pattern.Append(Regex.Escape(line).Replace("…", "[\\s\\S]*?", StringComparison.Ordinal)).Append("\\s*");
        }

        return Regex.IsMatch(actual, pattern.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
    }
}
