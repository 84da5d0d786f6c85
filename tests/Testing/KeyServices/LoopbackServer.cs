using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SecretsOps.Testing.KeyServices;

/// <summary>What a fake service does with the next requests.</summary>
public enum Mood
{
    Helpful,
    Throttling,
    Failing,
    Hanging,
    Garbage,
    Refusing,
}

/// <summary>An HTTP server on loopback that a fake cloud service answers through; on demand it throttles, hangs or talks nonsense instead.</summary>
public abstract class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private bool _isDisposed;

    protected LoopbackServer()
    {
        Port = FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>The mood towards key operations; logins stay helpful.</summary>
    public Mood Mood { get; set; }

    /// <summary>What every request gets instead of an answer, logins too.</summary>
    public LoopbackReply? Instead { get; set; }

    /// <summary>How many requests are still answered helpfully before <see cref="Instead"/> begins.</summary>
    public int HelpfulFirst { get; set; }

    /// <summary>How many requests the mood lasts.</summary>
    public int MoodLasts { get; set; } = int.MaxValue;

    /// <summary>Every request that came, in order.</summary>
    public ConcurrentQueue<LoopbackRequest> Requests { get; } = new();

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _stop.Cancel();
        _listener.Close();
        _loop.GetAwaiter().GetResult();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancelled when the server goes, for answers that wait.</summary>
    protected CancellationToken Stopping => _stop.Token;

    /// <summary>Answers one request, perhaps after a while.</summary>
    protected virtual Task<LoopbackReply> AnswerAsync(LoopbackRequest request) => Task.FromResult(Answer(request));

    /// <summary>Answers one request.</summary>
    protected abstract LoopbackReply Answer(LoopbackRequest request);

    /// <summary>The service's own way of saying "too many requests".</summary>
    protected virtual LoopbackReply Throttle() => new(429, "{}");

    /// <summary>The service's own way of refusing.</summary>
    protected abstract LoopbackReply Refuse();

    /// <summary>Whether the request is a key operation rather than a login.</summary>
    protected virtual bool IsKeyOperation(LoopbackRequest request) => true;

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            var request = await LoopbackRequest.ReadAsync(context.Request);
            Requests.Enqueue(request);
            await (await ReactAsync(request)).WriteAsync(context.Response);
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            context.Response.Abort();
        }
    }

    private async Task<LoopbackReply> ReactAsync(LoopbackRequest request)
    {
        if (Instead is { } instead && HelpfulFirst-- <= 0)
        {
            return instead;
        }

        var mood = IsKeyOperation(request) && MoodLasts-- > 0 ? Mood : Mood.Helpful;
        if (mood == Mood.Hanging)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        return mood switch
        {
            Mood.Throttling => Throttle(),
            Mood.Failing => new LoopbackReply(503, "upstream is away"),
            Mood.Garbage => new LoopbackReply(200, "<html>not what you think</html>"),
            Mood.Refusing => Refuse(),
            _ => await AnswerAsync(request),
        };
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
