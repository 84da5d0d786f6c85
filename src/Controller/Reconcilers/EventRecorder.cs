using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Sends Kubernetes Events from one writer in the background; the same event again within an hour is counted, not repeated.</summary>
/// <remarks>Events inform people; losing one under pressure is right, holding up a reconcile for one is not.</remarks>
internal sealed partial class EventRecorder(ApiClient client, string component, ILogger<EventRecorder> logger)
{
    private const int MaxPending = 1000;
    private const int MaxHeldBack = 500;
    private const int MaxRemembered = 4096;

    private static readonly TimeSpan RepeatWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time = client.Connection.TimeProvider;
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(MaxPending) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Dictionary<string, Sent> _sent = new(StringComparer.Ordinal);

    /// <summary>Whether Secrets are waited for right now: they come before words about them, while not too many of these have gathered.</summary>
    public Func<bool> IsBusy { get; set; } = static () => false;

    /// <summary>Something to know.</summary>
    public void Normal(KubernetesObject regarding, string reason, string message) => Enqueue(regarding, "Normal", reason, message);

    /// <summary>Something to look into.</summary>
    public void Warning(KubernetesObject regarding, string reason, string message) => Enqueue(regarding, "Warning", reason, message);

    /// <summary>Sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var pending in _pending.Reader.ReadAllAsync(cancellationToken))
            {
                await HoldAsync(pending, cancellationToken);
                await SendAsync(pending, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task HoldAsync(Pending pending, CancellationToken cancellationToken)
    {
        while (IsBusy() && _pending.Reader.Count < MaxHeldBack && _time.GetElapsedTime(pending.Since) < LongestHold)
        {
            await Task.Delay(Look, _time, cancellationToken);
        }
    }

    private void Enqueue(KubernetesObject regarding, string type, string reason, string message)
    {
        var involved = new JsonObject
        {
            ["apiVersion"] = regarding.ApiVersion,
            ["kind"] = regarding.Kind,
            ["name"] = regarding.Name,
            ["namespace"] = regarding.Namespace,
            ["resourceVersion"] = regarding.ResourceVersion,
            ["uid"] = regarding.Uid,
        };
        _pending.Writer.TryWrite(new Pending(involved, type, reason, message, _time.GetTimestamp()));
    }

    private async Task SendAsync(Pending pending, CancellationToken cancellationToken)
    {
        var identity = $"{pending.Involved["uid"]}\0{pending.Type}\0{pending.Reason}\0{pending.Message}";
        var now = _time.GetUtcNow();
        try
        {
            if (_sent.TryGetValue(identity, out var sent) && now - sent.At < RepeatWindow)
            {
                sent = sent with { Count = sent.Count + 1, At = now };
                await RepeatAsync(pending, sent, cancellationToken);
            }
            else
            {
                sent = new Sent(await CreateAsync(pending, now, cancellationToken), 1, now);
            }

            Remember(identity, sent);
        }
        catch (ApiException error)
        {
            _sent.Remove(identity);
            Log.NotSent(logger, pending.Reason, error.Message);
        }
    }

    private async Task<string> CreateAsync(Pending pending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = $"{pending.Involved["name"]}.{(now.Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100:x}";
        var @event = new KubernetesObject(ApiResource.Events.Gvk, pending.Involved["namespace"]!.ToString(), name);
        @event.Json["involvedObject"] = pending.Involved.DeepClone();
        @event.Json["type"] = pending.Type;
        @event.Json["reason"] = pending.Reason;
        @event.Json["message"] = pending.Message;
        @event.Json["source"] = new JsonObject { ["component"] = component };
        @event.Json["reportingComponent"] = component;
        @event.Json["reportingInstance"] = "";
        @event.Json["firstTimestamp"] = Timestamp(now);
        @event.Json["lastTimestamp"] = Timestamp(now);
        @event.Json["count"] = 1;
        await client.CreateAsync(ApiResource.Events, @event, WriteOptions.Default, cancellationToken);
        return name;
    }

    private Task<KubernetesObject> RepeatAsync(Pending pending, Sent sent, CancellationToken cancellationToken)
    {
        var patch = new KubernetesObject(new JsonObject { ["count"] = sent.Count, ["lastTimestamp"] = Timestamp(sent.At) });
        return client.PatchAsync(ApiResource.Events, pending.Involved["namespace"]!.ToString(), sent.Name, PatchType.Merge, patch.ToUtf8Json(), PatchOptions.Default, cancellationToken);
    }

    private void Remember(string identity, Sent sent)
    {
        if (_sent.Count >= MaxRemembered)
        {
            _sent.Clear();
        }

        _sent[identity] = sent;
    }

    private static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Pending(JsonObject Involved, string Type, string Reason, string Message, long Since);

    private sealed record Sent(string Name, int Count, DateTimeOffset At);

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Debug, "event not sent")]
        public static partial void NotSent(ILogger logger, string reason, string error);
    }
}
