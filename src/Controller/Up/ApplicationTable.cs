using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Up;

/// <summary>Shows the Applications: a table that redraws itself on a terminal, a line per change elsewhere.</summary>
internal sealed class ApplicationTable(ApiClient client, string @namespace, TextWriter output, bool isTerminal)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<string, ApplicationRow> _shown = new(StringComparer.Ordinal);
    private int _linesOnScreen;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var informer = new Informer(client, ApiResource.Applications, new InformerOptions { Namespace = @namespace });
        await Task.WhenAll(informer.RunAsync(cancellationToken), ShowAsync(informer, cancellationToken));
    }

    private async Task ShowAsync(Informer informer, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, client.Connection.TimeProvider);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var changed = Update(informer);
                if (changed.Count > 0)
                {
                    await output.WriteAsync((isTerminal ? Screen() : string.Concat(changed.Select(row => row.Line() + "\n"))).AsMemory(), cancellationToken);
                    await output.FlushAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private List<ApplicationRow> Update(Informer informer)
    {
        var rows = informer.Snapshot().Select(entry => ApplicationRow.Of(KubernetesObject.Parse(entry.Value.Span))).ToDictionary(row => row.Name, StringComparer.Ordinal);
        var changed = new List<ApplicationRow>();
        foreach (var gone in _shown.Keys.Except(rows.Keys).ToList())
        {
            _shown.Remove(gone);
            changed.Add(new ApplicationRow(gone, "Deleted", "", "", ""));
        }

        foreach (var row in rows.Values.Where(row => !_shown.TryGetValue(row.Name, out var known) || known != row))
        {
            _shown[row.Name] = row;
            changed.Add(row);
        }

        return changed;
    }

    // Up over what was drawn before, then every line anew, each cleared to its end.
    private string Screen()
    {
        var rows = _shown.Values.Prepend(ApplicationRow.Header).ToList();
        var widths = (Name: rows.Max(row => row.Name.Length), Sync: rows.Max(row => row.Sync.Length), Health: rows.Max(row => row.Health.Length), Revision: rows.Max(row => row.Revision.Length));
        var up = _linesOnScreen > 0 ? $"\e[{_linesOnScreen}A" : "";
        _linesOnScreen = rows.Count;
        return up + string.Concat(rows.Select(row =>
            $"{row.Name.PadRight(widths.Name)}  {row.Sync.PadRight(widths.Sync)}  {row.Health.PadRight(widths.Health)}  {row.Revision.PadRight(widths.Revision)}  {row.Message}\e[K\n")) + "\e[J";
    }
}

/// <summary>What is shown of one Application.</summary>
internal sealed record ApplicationRow(string Name, string Sync, string Health, string Revision, string Message)
{
    private const int ShortRevision = 8;
    private const int LongestMessage = 120;

    /// <summary>The column heads.</summary>
    public static ApplicationRow Header { get; } = new("NAME", "SYNC", "HEALTH", "REVISION", "MESSAGE");

    /// <summary>Reads the status that Argo CD's tools read too.</summary>
    public static ApplicationRow Of(KubernetesObject application)
    {
        var status = application.Json["status"];
        var revision = Text(status?["sync"]?["revision"]);
        var condition = (status?["conditions"] as JsonArray)?.FirstOrDefault(entry => Text(entry?["type"]).EndsWith("Error", StringComparison.Ordinal));
        var message = Text(condition?["message"]) is { Length: > 0 } problem ? problem : Text(status?["operationState"]?["message"]);
        return new ApplicationRow(
            application.Name,
            Text(status?["sync"]?["status"]) is { Length: > 0 } sync ? sync : "Unknown",
            Text(status?["health"]?["status"]) is { Length: > 0 } health ? health : "Unknown",
            revision.Length > ShortRevision ? revision[..ShortRevision] : revision,
            OneLine(message));
    }

    /// <summary>One plain line.</summary>
    public string Line() => $"{Name}: {string.Join(", ", new[] { Sync, Health, Revision, Message }.Where(text => text.Length > 0))}";

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        return line.Length > LongestMessage ? line[..LongestMessage] + "…" : line;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
