namespace SecretsOps.LocalCluster.Proxying;

/// <summary>The Service part of a proxy path: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>.</summary>
internal sealed record ServiceAddress(string Scheme, string Name, string Port)
{
    internal static ServiceAddress Parse(string text) => text.Split(':') switch
    {
        [var name] => new("http", name, ""),
        [var name, var port] => new("http", name, port),
        [var scheme, var name, var port] => new(scheme.Length == 0 ? "http" : scheme, name, port),
        _ => throw Http.ApiErrors.BadRequest($"invalid service request \"{text}\""),
    };
}
