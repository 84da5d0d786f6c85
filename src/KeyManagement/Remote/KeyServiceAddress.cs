using System.Net.Security;
using System.Net.Sockets;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>Where a key service listens: <c>tcp://HOST:PORT</c>, <c>unix:///PATH</c>, or with TLS <c>tls://HOST:PORT</c>.</summary>
public sealed record KeyServiceAddress
{
    private KeyServiceAddress(string text, Uri baseUri, string? socketPath)
    {
        Text = text;
        BaseUri = baseUri;
        SocketPath = socketPath;
    }

    /// <summary>The address as it was given.</summary>
    public string Text { get; }

    /// <summary>The path of a Unix socket, or <c>null</c>.</summary>
    public string? SocketPath { get; }

    /// <summary>The address as HTTP sees it.</summary>
    public Uri BaseUri { get; }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It has another scheme, or no port.</exception>
    public static KeyServiceAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            throw Malformed(text);
        }

        return uri.Scheme switch
        {
            "unix" when uri.AbsolutePath.Length > 1 => new(text, new Uri("http://localhost/"), uri.AbsolutePath),
            "tcp" when uri.Port > 0 => new(text, new Uri($"http://{uri.Authority}/"), null),
            "tls" or "https" when uri.Port > 0 => new(text, new Uri($"https://{uri.Authority}/"), null),
            _ => throw Malformed(text),
        };
    }

    /// <summary>The address as it was given.</summary>
    public override string ToString() => Text;

    internal SocketsHttpHandler ToHandler(TlsSettings tls)
    {
        var handler = tls.ToHandler();
        handler.EnableMultipleHttp2Connections = true;
        handler.SslOptions.ApplicationProtocols = [SslApplicationProtocol.Http2];
        if (SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }

    private static FormatException Malformed(string text) => new($"'{text}' is not the address of a key service: expected tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH");
}
