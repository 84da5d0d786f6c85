using System.Net;
using System.Net.Sockets;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>A server of HTTP/2 on loopback that answers every call of a key service as a test wants.</summary>
internal sealed class FaultyKeyService : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _calls;

    private FaultyKeyService(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(context =>
        {
            Interlocked.Increment(ref _calls);
            return answer(context);
        });
    }

    public string Address => $"tcp://{new Uri(_server.Urls.First()).Authority}";

    public int Calls => Volatile.Read(ref _calls);

    public static async Task<FaultyKeyService> StartAsync(Func<HttpContext, Task> answer)
    {
        var service = new FaultyKeyService(answer);
        await service._server.StartAsync();
        return service;
    }

    /// <summary>A body and the status behind it, or no status at all.</summary>
    public static async Task AnswerAsync(HttpContext context, byte[] body, string status)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(body);
        if (status.Length > 0)
        {
            context.Response.AppendTrailer("grpc-status", status);
        }
    }

    /// <summary>A status and its message in the headers, as a server that refuses at once.</summary>
    public static Task RefuseAsync(HttpContext context, string status, string message)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = status;
        context.Response.Headers["grpc-message"] = message;
        return Task.CompletedTask;
    }

    /// <summary>Gives back the second field of the message, as text: a key service whose keys change nothing.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        using var request = new MemoryStream();
        await context.Request.Body.CopyToAsync(request);
        var payload = request.ToArray()[^34..]; // tag, length, 32 bytes
        await AnswerAsync(context, [0, 0, 0, 0, 34, 10, .. payload[1..]], "0");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>A socket that says one thing to everybody, and then hangs up or waits.</summary>
internal sealed class NoisyServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    public NoisyServer(byte[] noise, bool isPatient)
    {
        _listener.Start();
        Address = $"tcp://{_listener.LocalEndpoint}";
        _ = ServeAsync(noise, isPatient);
    }

    public string Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_clients)
        {
            _clients.ForEach(client => client.Dispose());
        }
    }

    private async Task ServeAsync(byte[] noise, bool isPatient)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                lock (_clients)
                {
                    _clients.Add(client);
                }

                await client.GetStream().WriteAsync(noise);
                if (!isPatient)
                {
                    client.Client.Shutdown(SocketShutdown.Send);
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}

/// <summary>A clock whose timers come a hundred times too soon: 30 seconds are 0.3.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
}

/// <summary>A clock on which pauses of a few seconds are over at once, and longer times are what they are.</summary>
internal sealed class ShortPauses : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(10) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
}
