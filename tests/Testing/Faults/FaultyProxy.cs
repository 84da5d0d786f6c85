using System.Net.Security;
using System.Security.Cryptography;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Testing.Faults;

/// <summary>Stands between a client and the API server: refuses, stalls and drops at random, goes away and comes back, and can be cut off altogether.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly HttpMessageInvoker _upstream;
    private readonly Uri _server;
    private readonly CancellationTokenSource _cut = new();
    private CancellationTokenSource _away = new();
    private WebApplication? _application;
    private int _port;

    private FaultyProxy(HttpMessageInvoker upstream, Uri server) => (_upstream, _server) = (upstream, server);

    /// <summary>Of a hundred requests, how many meet a fault.</summary>
    public int FaultsPerHundred { get; set; }

    /// <summary>Answers a request (method and path) with a fault of the server's and this sentence, or lets it pass with null.</summary>
    public Func<string, string, string?> Fault { get; set; } = static (_, _) => null;

    /// <summary>Faults that were met, by name.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Met { get; } = new();

    /// <summary>A connection through this proxy.</summary>
    public ClusterConnection Connection => new()
    {
        Server = new Uri($"http://127.0.0.1:{_port}"),
        RequestTimeout = TimeSpan.FromSeconds(3),
    };

    /// <summary>Starts a proxy in front of the cluster of a kubeconfig.</summary>
    public static async Task<FaultyProxy> StartAsync(string kubeconfigPath)
    {
        var connection = Kubeconfig.Load(new KubeconfigOptions { Path = kubeconfigPath });
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = connection.ClientCertificates,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => connection.ClientCertificates![0],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, // the proxy is the fault, not the server
        };
        var proxy = new FaultyProxy(new HttpMessageInvoker(handler), connection.Server);
        await proxy.ComeBackAsync();
        return proxy;
    }

    /// <summary>What a restarting API server looks like: every connection breaks, and new ones are refused.</summary>
    public async Task GoAwayAsync()
    {
        Count("restart");
        await _away.CancelAsync();
        await _application!.DisposeAsync();
        _application = null;
    }

    /// <summary>Serves again, at the same address.</summary>
    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, _port));
        _away.Dispose();
        _away = new CancellationTokenSource();
        _application = builder.Build();
        _application.Run(ForwardAsync);
        await _application.StartAsync();
        _port = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    /// <summary>From now on nothing comes through: what a dead node looks like from outside.</summary>
    public Task CutAsync() => _cut.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        await (_application?.DisposeAsync() ?? ValueTask.CompletedTask);
        _upstream.Dispose();
        _cut.Dispose();
        _away.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        if (_cut.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _cut.Token, _away.Token);
        try
        {
            if (!await MeetsFaultAsync(context, ends))
            {
                await PassAsync(context, ends.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task<bool> MeetsFaultAsync(HttpContext context, CancellationTokenSource ends)
    {
        if (Fault(context.Request.Method, context.Request.Path) is { } told)
        {
            await RefuseAsync(context, 500, "InternalError", ends.Token, told);
            return true;
        }

        var isWatch = context.Request.Query["watch"] == "true";
        if (isWatch && FaultsPerHundred > 0)
        {
            Count("dropped watch");
            ends.CancelAfter(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(100, 3000)));
        }

        if (isWatch || RandomNumberGenerator.GetInt32(100) >= FaultsPerHundred)
        {
            return false;
        }

        switch (RandomNumberGenerator.GetInt32(5))
        {
            case 0 when !HttpMethods.IsGet(context.Request.Method):
                await RefuseAsync(context, 409, "Conflict", ends.Token);
                return true;
            case 1:
                context.Response.Headers.RetryAfter = RandomNumberGenerator.GetInt32(2) == 0 ? "0" : "1";
                await RefuseAsync(context, 429, "TooManyRequests", ends.Token);
                return true;
            case 2:
                Count("time-out");
                await Task.Delay(TimeSpan.FromSeconds(4), ends.Token);
                return false; // too late: the caller has left, the write may still happen
            case 3:
                Count("lost answer");
                await PassAsync(context, ends.Token, dropAnswer: true);
                return true;
            default:
                await RefuseAsync(context, 500, "InternalError", ends.Token);
                return true;
        }
    }

    private Task RefuseAsync(HttpContext context, int status, string reason, CancellationToken cancellationToken, string message = "injected fault")
    {
        Count(reason);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{status}}}""", cancellationToken);
    }

    private async Task PassAsync(HttpContext context, CancellationToken cancellationToken, bool dropAnswer = false)
    {
        var incoming = context.Request;
        using var request = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri(_server, incoming.Path + incoming.QueryString));
        if (incoming.ContentLength > 0 || incoming.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(incoming.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", incoming.ContentType);
        }

        request.Headers.TryAddWithoutValidation("Accept", incoming.Headers.Accept.ToString());
        using var reply = await _upstream.SendAsync(request, cancellationToken);
        if (dropAnswer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)reply.StatusCode;
        context.Response.ContentType = reply.Content.Headers.ContentType?.ToString();
        await using var body = await reply.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private void Count(string fault) => Met.AddOrUpdate(fault, 1, (_, count) => count + 1);
}
