using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.Cli.Applications;

/// <summary>Shows an operation as it goes: a table that is drawn again on a terminal, one plain line for each change elsewhere.</summary>
internal sealed class AppProgress(CliEnvironment environment)
{
    private const int MostRows = 20;

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private int _drawn;

    public void Show(AppView application)
    {
        if (environment.IsOutputTerminal)
        {
            Draw(application);
        }
        else
        {
            Tell(application);
        }
    }

    private void Tell(AppView application)
    {
        foreach (var result in application.Results)
        {
            var line = Line(result);
            Say($"{AppText.Identity(result)} {AppView.TextOf(result, "syncPhase")}", line);
        }

        if (application.OperationMessage.Length > 0)
        {
            Say("operation", $"{application.FullName}: {application.OperationPhase}: {application.OperationMessage}");
        }
    }

    private void Say(string about, string line)
    {
        if (_told.GetValueOrDefault(about) != line)
        {
            _told[about] = line;
            environment.Print($"{environment.Time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}  {line}\n");
        }
    }

    private void Draw(AppView application)
    {
        var text = new StringBuilder();
        if (_drawn > 0)
        {
            text.Append("\u001b[").Append(_drawn).Append("A\u001b[J");
        }

        List<string> lines = [$"{application.FullName}  sync {application.Sync}  health {application.Health}  operation {application.OperationPhase}", application.OperationMessage];
        var results = application.Results;
        lines.AddRange(results.TakeLast(MostRows).Select(Line));
        if (results.Count > MostRows)
        {
            lines.Add($"({results.Count} in all)");
        }

        lines.ForEach(line => text.Append(line.ReplaceLineEndings(" ")).Append('\n'));
        _drawn = lines.Count;
        environment.Print(text.ToString());
    }

    private static string Line(JsonObject result)
    {
        var state = AppView.TextOf(result, "hookType") is { Length: > 0 } hook ? $"{hook} hook {AppView.TextOf(result, "hookPhase")}" : AppView.TextOf(result, "status");
        var space = AppView.TextOf(result, "namespace") is { Length: > 0 } name ? name + "/" : "";
        return $"{AppView.TextOf(result, "kind")} {space}{AppView.TextOf(result, "name")}  {state}  {AppView.TextOf(result, "message")}";
    }
}
