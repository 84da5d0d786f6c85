namespace SecretsOps.KeyManagement.Remote;

// Status codes of gRPC: 1 cancelled, 4 deadline exceeded, 7 permission denied, 8 resource exhausted, 12 unimplemented, 14 unavailable, 16 unauthenticated.

/// <summary>What a server answered over gRPC: the status of HTTP, that of gRPC with its message, and the frame, which may hold a data key.</summary>
internal sealed record GrpcReply(int HttpStatus, string? Status, string? Message, byte[] Body)
{
    private const int LongestReason = 1000;

    /// <summary>Whether another attempt may succeed: it throttles, or is away for a moment.</summary>
    public bool IsTransient => Status is "8" or "14" || (Status is null && HttpStatus is 429 or 502 or 503 or 504);

    /// <summary>Whether it is an answer of HTTP alone that says nothing of a failure.</summary>
    public bool HasNoStatus => Status is null && HttpStatus is >= 200 and < 400;

    /// <summary>The server's own words, fit for a terminal, or the number of the status.</summary>
    public string Reason => Message is { Length: > 0 } ? Printable(Uri.UnescapeDataString(Message)) : Status is null ? $"HTTP {HttpStatus}" : $"gRPC status {Printable(Status)}";

    /// <summary>What would help, where that is known.</summary>
    public string? Remedy => (Status, HttpStatus) switch
    {
        ("8", _) or (null, 429) => "it throttles: try again later",
        ("14", _) or (null, 502 or 503 or 504) => "it is away for a moment: try again, and see its log",
        ("4", _) => "it ran out of time: see its log, and try again",
        ("7" or "16", _) or (null, 401 or 403) => "whoever runs it must allow this operation",
        ("12", _) or (null, 404) => "check that a key service of sops or secretsops listens there",
        _ => null,
    };

    /// <summary>The status only: the frame may hold a data key.</summary>
    public override string ToString() => $"HTTP {HttpStatus}, gRPC status {Status}";

    // Another machine's words go to a terminal and to logs.
    private static string Printable(string text)
    {
        var cut = text.Length > LongestReason ? text[..LongestReason] + "…" : text;
        return string.Concat(cut.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '�' : character));
    }
}
