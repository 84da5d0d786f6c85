using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecretsOps.Cli.Tests;

/// <summary>A web server on loopback that answers by a function, and remembers what it was asked.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, string, (int Status, string Body)> _answer;

    public FakeServer(Func<string, (int Status, string Body)> answer)
        : this((path, _) => answer(path))
    {
    }

    public FakeServer(Func<string, string, (int Status, string Body)> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            Requests.Add($"{context.Request.HttpMethod} {context.Request.RawUrl}");
            var (status, text) = _answer(context.Request.RawUrl!, body);
            context.Response.StatusCode = status;
            context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
