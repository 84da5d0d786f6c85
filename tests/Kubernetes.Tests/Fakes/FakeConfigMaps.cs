using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace SecretsOps.Kubernetes.Tests.Fakes;

/// <summary>ConfigMaps of one namespace behind list and watch, with the faults that informers must survive.</summary>
internal sealed class FakeConfigMaps
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Line)> _history = [];
    private readonly List<Channel<string>> _watches = [];
    private readonly Queue<int> _refusals = [];
    private long _version = 100;
    private long _oldestKnown;
    private bool _breaksOff;

    public int Lists { get; private set; }

    public int Watches { get; private set; }

    public string LastAccept { get; private set; } = "";

    public void Put(string name, string value)
    {
        lock (_gate)
        {
            var isNew = !_objects.TryGetValue(name, out var existing);
            var uid = existing?["metadata"]!["uid"]!.ToString() ?? Guid.NewGuid().ToString();
            var stored = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = "shop",
                    ["uid"] = uid,
                    ["resourceVersion"] = Next(),
                    ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "test" }),
                },
                ["data"] = new JsonObject { ["value"] = value },
            };
            _objects[name] = stored;
            Publish(isNew ? "ADDED" : "MODIFIED", stored);
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            _objects.Remove(name, out var removed);
            removed!["metadata"]!["resourceVersion"] = Next();
            Publish("DELETED", removed);
        }
    }

    public void Bookmark()
    {
        lock (_gate)
        {
            Publish("BOOKMARK", new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = Next() } });
        }
    }

    /// <summary>Breaks every open watch.</summary>
    public void DropWatches()
    {
        lock (_gate)
        {
            foreach (var watch in _watches)
            {
                watch.Writer.TryComplete();
            }

            _watches.Clear();
        }
    }

    /// <summary>Forgets what happened up to now, as etcd's compaction does.</summary>
    public void ForgetHistory()
    {
        lock (_gate)
        {
            _history.Clear();
            _oldestKnown = _version + 1;
        }
    }

    /// <summary>Answers the next requests with these statuses.</summary>
    public void RefuseNext(params int[] statuses)
    {
        lock (_gate)
        {
            foreach (var status in statuses)
            {
                _refusals.Enqueue(status);
            }
        }
    }

    /// <summary>Cuts the connection in the middle of the next answer.</summary>
    public void BreakOffNext() => _breaksOff = true;

    public async Task AnswerAsync(HttpContext context)
    {
        if (_breaksOff)
        {
            _breaksOff = false;
            context.Response.StatusCode = 500;
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        LastAccept = context.Request.Headers.Accept.ToString();
        if (TakeRefusal() is { } status)
        {
            await WriteStatusAsync(context, status, "scripted refusal");
        }
        else if (context.Request.Query["watch"] == "true")
        {
            await WatchAsync(context);
        }
        else
        {
            await ListAsync(context);
        }
    }

    public static async Task WriteStatusAsync(HttpContext context, int status, string message, string reason = "")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var body = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["message"] = message, ["reason"] = reason, ["code"] = status };
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private int? TakeRefusal()
    {
        lock (_gate)
        {
            return _refusals.TryDequeue(out var status) ? status : null;
        }
    }

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);

    private void Publish(string type, JsonObject stored)
    {
        var full = (JsonObject)stored.DeepClone();
        full["apiVersion"] = "v1";
        full["kind"] = "ConfigMap";
        var line = new JsonObject { ["type"] = type, ["object"] = full }.ToJsonString();
        _history.Add((_version, line));
        foreach (var watch in _watches)
        {
            watch.Writer.TryWrite(line);
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var start = int.Parse("0" + context.Request.Query["continue"], CultureInfo.InvariantCulture);
        var limit = int.Parse("0" + context.Request.Query["limit"], CultureInfo.InvariantCulture);
        JsonObject list;
        lock (_gate)
        {
            Lists++;
            var page = _objects.Values.Skip(start).Take(limit > 0 ? limit : int.MaxValue).Select(item => (JsonNode)item.DeepClone()).ToArray();
            var metadata = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) };
            if (start + page.Length < _objects.Count)
            {
                metadata["continue"] = (start + page.Length).ToString(CultureInfo.InvariantCulture);
            }

            list = new JsonObject { ["kind"] = "ConfigMapList", ["apiVersion"] = "v1", ["metadata"] = metadata, ["items"] = new JsonArray(page) };
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(list.ToJsonString());
    }

    private async Task WatchAsync(HttpContext context)
    {
        var from = long.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        var channel = Channel.CreateUnbounded<string>();
        lock (_gate)
        {
            Watches++;
            if (from + 1 < _oldestKnown)
            {
                var gone = new JsonObject { ["kind"] = "Status", ["reason"] = "Expired", ["message"] = "too old resource version", ["code"] = 410 };
                channel.Writer.TryWrite(new JsonObject { ["type"] = "ERROR", ["object"] = gone }.ToJsonString());
                channel.Writer.TryComplete();
            }
            else
            {
                _history.Where(entry => entry.Version > from).ToList().ForEach(entry => channel.Writer.TryWrite(entry.Line));
                _watches.Add(channel);
            }
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync();
        await foreach (var line in channel.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(line + "\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
