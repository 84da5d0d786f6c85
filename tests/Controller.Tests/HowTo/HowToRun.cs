using System.Text;

using SecretsOps.Cli;
using SecretsOps.Testing;
using SecretsOps.Testing.HowTo;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.HowTo;

/// <summary>Carries out a how-to page: its files are written, its commands run here (secretsops, sops) or as the real programs they name.</summary>
internal sealed class HowToRun(string page, TestCluster cluster) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>What the page's examples stand for in this run, such as a namespace or the address of a server; longest first.</summary>
    public List<(string Example, string Actual)> Actual { get; } = [];

    /// <summary>The variables of the shell that the reader types into.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal)
    {
        ["KUBECONFIG"] = cluster.KubeconfigPath,
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
        ["HOME"] = "/dev/null",
    };

    public string Directory => _directory.Path;

    /// <summary>Everything printed so far.</summary>
    public StringBuilder Output { get; } = new();

    /// <summary>Carries out the steps below one heading; the heading must be there and have steps.</summary>
    public async Task FollowAsync(string heading)
    {
        var steps = HowToPage.Read(page).Steps.Where(step => step.Heading.StartsWith(heading, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(steps);
        foreach (var step in steps)
        {
            var text = Translate(step.Text);
            if (step.FileName is { } name)
            {
                _directory.Write(name, text);
            }
            else
            {
                await RunAsync(text);
            }
        }
    }

    /// <summary>Runs one more command line.</summary>
    public Task CommandAsync(string line) => RunAsync(Translate(line));

    /// <summary>The headings of the page that hold steps, so that a test can show that it left none out.</summary>
    public static IReadOnlyList<string> Headings(string page) => [.. HowToPage.Read(page).Steps.Select(step => step.Heading).Distinct()];

    public void Dispose() => _directory.Dispose();

    private string Translate(string text) =>
        Actual.OrderByDescending(pair => pair.Example.Length).Aggregate(text, (current, pair) => current.Replace(pair.Example, pair.Actual, StringComparison.Ordinal));

    private async Task RunAsync(string line)
    {
        if (line.StartsWith("export ", StringComparison.Ordinal))
        {
            var (name, value) = (line[7..].Split('=', 2)[0], line[7..].Split('=', 2)[1]);
            Variables[name] = value.StartsWith("$(", StringComparison.Ordinal) ? (await ExecuteAsync(value[2..^1])).TrimEnd('\n') : string.Concat(Words(value));
            return;
        }

        var redirect = line.LastIndexOf(" > ", StringComparison.Ordinal);
        var output = await ExecuteAsync(redirect < 0 ? line : line[..redirect]);
        if (redirect >= 0)
        {
            _directory.Write(line[(redirect + 3)..].Trim(), output);
        }
    }

    private async Task<string> ExecuteAsync(string line)
    {
        var words = Words(line);
        var output = words[0] is "secretsops" or "sops" or "kubeseal" ? await OwnAsync(words) : await RealAsync(words);
        Output.Append(output);
        return output;
    }

    private async Task<string> OwnAsync(List<string> words)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment { Input = Stream.Null, Output = output, Error = error, Variables = Variables, CurrentDirectory = Directory };
        var exitCode = await Cli.Program.RunAsync(words[0], [.. words[1..]], environment, CancellationToken.None);
        var text = Encoding.UTF8.GetString(error.ToArray());
        Assert.True(exitCode == 0, $"{string.Join(' ', words)}: exit code {exitCode}: {text}");
        Output.Append(text);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private async Task<string> RealAsync(List<string> words)
    {
        var program = words[0] switch
        {
            "kubectl" => ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl),
            "age-keygen" => ExternalPrograms.AgeKeygen,
            "git" => ExternalPrograms.Git,
            "cp" or "rm" or "mkdir" => $"/bin/{words[0]}",
            var other => throw new InvalidOperationException($"the page runs '{other}', which no test knows"),
        };
        var options = new RunOptions { Directory = Directory, Environment = new Dictionary<string, string?>(Variables!) { ["HOME"] = Directory } };
        return (await ExternalProgram.RunAsync(program, words[1..], options)).ShouldSucceed().StandardOutput;
    }

    // A shell's words: quotes, and variables outside single quotes.
    private List<string> Words(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            if (quote == '\0' && line[i] == ' ')
            {
                Close();
            }
            else if (line[i] == quote || (quote == '\0' && line[i] is '\'' or '"'))
            {
                (quote, isOpen) = (quote == '\0' ? line[i] : '\0', true);
            }
            else if (line[i] == '$' && quote != '\'')
            {
                var name = new string([.. line[(i + 1)..].TakeWhile(character => char.IsAsciiLetterOrDigit(character) || character == '_')]);
                word.Append(Variables.GetValueOrDefault(name) ?? throw new InvalidOperationException($"the page uses ${name} before it is set"));
                (i, isOpen) = (i + name.Length, true);
            }
            else
            {
                word.Append(line[i]);
                isOpen = true;
            }
        }

        Close();
        return words;

        void Close()
        {
            if (isOpen)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isOpen = false;
        }
    }
}
