using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cli.Applications;
using SecretsOps.GitOps.Preview;

namespace SecretsOps.Cli.Rendering;

/// <summary>Writes a plan for a terminal, for a program, or for the comment of a pull request.</summary>
internal static class PlanReport
{
    public static string Write(ChangePlan plan, string format, bool hasColour) => format switch
    {
        "json" => Json(plan),
        "markdown" => Markdown(plan),
        _ => Text(plan, hasColour),
    };

    /// <summary>One line that counts what would happen.</summary>
    public static string Summary(ChangePlan plan)
    {
        var refused = plan.Count(PlannedAction.Refuse);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Count(PlannedAction.Create)} to create, {plan.Count(PlannedAction.Change)} to change, {plan.Count(PlannedAction.Delete)} to delete, {plan.Count(PlannedAction.None)} unchanged");
        return refused == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, {refused} refused");
    }

    private static string Text(ChangePlan plan, bool hasColour)
    {
        var text = new StringBuilder();
        foreach (var change in plan.Changes.Where(change => change.Action != PlannedAction.None))
        {
            text.Append("=== ").Append(Verb(change.Action)).Append(' ').Append(change.Key).Append('\n');
            if (change.Problem.Length > 0)
            {
                text.Append("    ").Append(change.Problem).Append('\n');
            }

            foreach (var line in change.Difference)
            {
                text.Append(Coloured(line, hasColour)).Append('\n');
            }
        }

        return text.Append(Summary(plan)).Append('\n').ToString();
    }

    private static string Markdown(ChangePlan plan)
    {
        var text = new StringBuilder($"### Plan: {Summary(plan)}\n");
        foreach (var change in plan.Changes.Where(change => change.Action != PlannedAction.None))
        {
            text.Append("\n<details><summary>").Append(Verb(change.Action)).Append(" <code>").Append(change.Key).Append("</code></summary>\n\n");
            if (change.Problem.Length > 0)
            {
                text.Append("> ").Append(change.Problem.ReplaceLineEndings(" ")).Append("\n\n");
            }

            if (change.Difference.Count > 0)
            {
                var fence = Fence(change.Difference);
                text.Append(fence).Append("diff\n").AppendJoin('\n', change.Difference).Append('\n').Append(fence).Append('\n');
            }

            text.Append("\n</details>\n");
        }

        return text.ToString();
    }

    // A fence longer than any run of backticks inside: a manifest cannot break out of its block.
    private static string Fence(IReadOnlyList<string> lines)
    {
        var longest = 2;
        foreach (var line in lines)
        {
            var run = 0;
            foreach (var character in line)
            {
                run = character == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return new string('`', longest + 1);
    }

    private static string Json(ChangePlan plan) => AppText.Json(new JsonObject
    {
        ["summary"] = new JsonObject
        {
            ["create"] = plan.Count(PlannedAction.Create),
            ["change"] = plan.Count(PlannedAction.Change),
            ["delete"] = plan.Count(PlannedAction.Delete),
            ["refuse"] = plan.Count(PlannedAction.Refuse),
            ["unchanged"] = plan.Count(PlannedAction.None),
        },
        ["changes"] = new JsonArray([.. plan.Changes.Where(change => change.Action != PlannedAction.None).Select(change => (JsonNode)Json(change))]),
    });

    private static JsonObject Json(PlannedChange change) => new()
    {
        ["action"] = Verb(change.Action),
        ["group"] = change.Key.Group,
        ["kind"] = change.Key.Kind,
        ["namespace"] = change.Key.Namespace,
        ["name"] = change.Key.Name,
        ["problem"] = change.Problem,
        ["difference"] = new JsonArray([.. change.Difference.Select(line => (JsonNode)line)]),
    };

    private static string Verb(PlannedAction action) => action.ToString().ToLowerInvariant();

    private static string Coloured(string line, bool hasColour) => (hasColour, line[0]) switch
    {
        (true, '+') => $"\u001b[32m{line}\u001b[0m",
        (true, '-') => $"\u001b[31m{line}\u001b[0m",
        (true, '@') => $"\u001b[36m{line}\u001b[0m",
        _ => line,
    };
}
