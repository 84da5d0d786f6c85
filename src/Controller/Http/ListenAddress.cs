using System.Globalization;
using System.Net;

namespace SecretsOps.Controller.Http;

/// <summary>Reads a Go listen address: <c>:8080</c>, <c>127.0.0.1:0</c>, <c>[::1]:80</c>, <c>localhost:80</c>.</summary>
internal static class ListenAddress
{
    /// <exception cref="FormatException">There is no port, or the host is no address.</exception>
    public static IPEndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > ushort.MaxValue)
        {
            throw new FormatException($"listen address '{text}' has no port; expected [host]:port");
        }

        var host = text[..colon].Trim('[', ']');
        return host switch
        {
            "" => new IPEndPoint(IPAddress.IPv6Any, port), // Kestrel makes this a socket for both families
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            _ => IPAddress.TryParse(host, out var address)
                ? new IPEndPoint(address, port)
                : throw new FormatException($"listen address '{text}': '{host}' is not an IP address"),
        };
    }
}
