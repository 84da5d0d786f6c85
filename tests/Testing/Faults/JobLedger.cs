using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Testing.Faults;

/// <summary>Ends every Job of a namespace as soon as it is there, and counts by uid how often each was made.</summary>
public sealed class JobLedger : IAsyncDisposable
{
    /// <summary>The kind.</summary>
    public static readonly ApiResource Jobs = new("batch", "v1", "Job", "jobs", true);

    private readonly ConcurrentDictionary<string, string> _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _client;
    private readonly string _space;
    private readonly Task _following;

    /// <summary>Begins at once.</summary>
    public JobLedger(ApiClient client, string space)
    {
        (_client, _space) = (client, space);
        _following = Task.Run(FollowAsync);
    }

    /// <summary>How often each Job was made, by name.</summary>
    public IReadOnlyDictionary<string, int> Runs => _seen.GroupBy(entry => entry.Value).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>A Job that is a hook.</summary>
    public static string Manifest(string name, string hook, params (string Name, string Value)[] annotations) =>
        $"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n  annotations:\n    argocd.argoproj.io/hook: {hook}\n{string.Concat(annotations.Select(annotation => $"    {annotation.Name}: \"{annotation.Value}\"\n"))}spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - {{name: main, image: example.org/job}}\n";

    /// <summary>Says of a Job that it has ended, once it is there.</summary>
    public static Task EndAsync(ApiClient client, string space, string name, string condition = "Complete") => Eventually.TrueAsync(
        async () =>
        {
            if (await client.TryGetAsync(Jobs, space, name, default) is not { IsBeingDeleted: false } job)
            {
                return false;
            }

            var status = new JsonObject { ["status"] = Ended(condition, (string?)job.Json["status"]?["startTime"]) };
            return await TryAsync(() => client.PatchAsync(Jobs, space, name, PatchType.Merge, Encoding.UTF8.GetBytes(status.ToJsonString()), new PatchOptions { Subresource = "status" }, default));
        },
        $"Job {name} has ended");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    // A watch from the start of history would miss nothing but needs one; lists this close together see every Job, for none goes before it was ended here.
    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await TryAsync(async () =>
            {
                foreach (var job in (await _client.ListAsync(Jobs, _space, ListOptions.All, _stop.Token)).Items.Where(job => _seen.TryAdd(job.Uid, job.Name) || !HasEnded(job)))
                {
                    if (!job.IsBeingDeleted)
                    {
                        await EndAsync(_client, _space, job.Name);
                    }
                }
            });
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private static bool HasEnded(KubernetesObject job) => (job.Json["status"]?["conditions"] as JsonArray ?? []).Any(condition => (string?)condition?["type"] is "Complete" or "Failed");

    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (exception is ApiException or TimeoutException or OperationCanceledException)
        {
            return false; // the server is away, or the Job's own controller wrote in between
        }
    }

    // What a real API server asks of a Job that has ended: the condition that led to the end, the times, and no Pod that runs.
    private static JsonObject Ended(string condition, string? started)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        JsonObject Condition(string type) => new() { ["type"] = type, ["status"] = "True", ["message"] = "as the test wants", ["lastTransitionTime"] = now };
        return new JsonObject
        {
            ["startTime"] = started ?? now, // cannot be changed once the Job controller has set it
            ["completionTime"] = condition == "Complete" ? now : null,
            ["active"] = 0,
            ["ready"] = 0,
            ["conditions"] = new JsonArray(Condition(condition == "Complete" ? "SuccessCriteriaMet" : "FailureTarget"), Condition(condition)),
        };
    }
}
