using System.CommandLine;

namespace SecretsOps.Cli.Applications;

/// <summary>The options of <c>app wait</c> and the condition that they make; without any, synced, healthy and idle.</summary>
internal sealed class WaitConditions
{
    private readonly Option<bool> _sync = new("--sync") { Description = "Wait until synced" };
    private readonly Option<bool> _health = new("--health") { Description = "Wait until healthy" };
    private readonly Option<bool> _operation = new("--operation") { Description = "Wait until no operation is under way" };
    private readonly Option<bool> _suspended = new("--suspended") { Description = "Suspended is good enough for health" };
    private readonly Option<bool> _degraded = new("--degraded") { Description = "Degraded is good enough for health" };
    private readonly Option<bool> _delete = new("--delete") { Description = "Wait until gone" };

    internal void AddTo(Command command)
    {
        foreach (var option in new[] { _sync, _health, _operation, _suspended, _degraded, _delete })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The condition, and the words for what was waited for.</summary>
    internal (Func<AppView?, bool> Condition, string Expectation) Read(ParseResult parsed)
    {
        if (parsed.GetValue(_delete))
        {
            return (application => application is null, "deleted");
        }

        List<string> health = [.. Given("Healthy", _health), .. Given("Suspended", _suspended), .. Given("Degraded", _degraded)];
        var (sync, operation) = (parsed.GetValue(_sync), parsed.GetValue(_operation));
        if (health.Count == 0 && !sync && !operation)
        {
            (sync, operation, health) = (true, true, ["Healthy"]);
        }

        string[] words = [.. sync ? ["synced"] : Array.Empty<string>(), .. health.Select(code => code.ToLowerInvariant()), .. operation ? ["without an operation"] : Array.Empty<string>()];
        return (application => application is not null && (!sync || application.Sync == "Synced") && (health.Count == 0 || health.Contains(application.Health)) && (!operation || !application.IsBusy), string.Join(" and ", words));

        IEnumerable<string> Given(string code, Option<bool> option) => parsed.GetValue(option) ? [code] : [];
    }
}
