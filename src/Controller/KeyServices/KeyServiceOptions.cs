using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.KeyServices;

/// <summary>Where the key service listens, whom it believes, and whether it asks before each operation.</summary>
internal sealed record KeyServiceOptions
{
    /// <summary><c>tcp</c> or <c>unix</c>, as sops has it.</summary>
    public string Network { get; init; } = "tcp";

    /// <summary>An address and port, or the path of a socket.</summary>
    public string Address { get; init; } = "127.0.0.1:5000";

    /// <summary>Whether a person must agree to each operation, before it runs.</summary>
    public bool IsPromptOn { get; init; }

    /// <summary>The server's certificate and key in PEM; TLS is off without.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>The private key of <see cref="Certificate"/>.</summary>
    public string PrivateKey { get; init; } = "";

    /// <summary>A CA in PEM: only clients with a certificate of it are served.</summary>
    public string ClientAuthority { get; init; } = "";

    /// <exception cref="FlagException">A flag is unknown or lacks its value.</exception>
    public static KeyServiceOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new KeyServiceOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].TrimStart('-').Split('=', 2);
            if (parts[0] is "prompt")
            {
                options = options with { IsPromptOn = parts.Length < 2 || parts[1] == "true" };
                continue;
            }

            var value = parts.Length == 2 ? parts[1] : ++i < arguments.Count ? arguments[i] : throw new FlagException($"flag needs an argument: --{parts[0]}");
            options = parts[0] switch
            {
                "network" or "net" => options with { Network = value },
                "address" or "addr" => options with { Address = value },
                "tls-cert" => options with { Certificate = value },
                "tls-key" => options with { PrivateKey = value },
                "client-ca" => options with { ClientAuthority = value },
                "verbose" => options,
                _ => throw new FlagException($"unknown flag: --{parts[0]}"),
            };
        }

        return options.Network is "tcp" or "unix" ? options : throw new FlagException($"--network is '{options.Network}', expected tcp or unix");
    }
}
