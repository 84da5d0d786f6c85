using System.Text;

namespace SecretsOps.KeyManagement.Remote;

/// <summary>The server's half of the key service, without its transport: a request's frame in, an answer's frame or a gRPC status out.</summary>
/// <param name="inner">Does the work.</param>
/// <param name="approve">Asked before every operation, with the key and <c>Encrypt</c> or <c>Decrypt</c>; <c>null</c> allows all.</param>
public sealed class KeyServiceHandler(IKeyService inner, Func<MasterKey, string, bool>? approve)
{
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int Unimplemented = 12;
    private const int Unknown = 2;

    /// <summary>Answers one call of <c>/KeyService/METHOD</c>.</summary>
    public async Task<KeyServiceAnswer> HandleAsync(string method, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (method is not ("Encrypt" or "Decrypt"))
        {
            return KeyServiceAnswer.Refused(Unimplemented, $"unknown method {method}");
        }

        if (GrpcFrame.TryRead(frame.Span) is not { } message || KeyServiceMessages.TryReadRequest(message) is not { } request)
        {
            return KeyServiceAnswer.Refused(InvalidArgument, "the request is malformed or its key of an unknown type");
        }

        // Compatibility: sops asks after the operation and withholds the answer; the operation itself has an effect on audit logs.
        if (approve?.Invoke(request.Key, method) == false)
        {
            return KeyServiceAnswer.Refused(PermissionDenied, "Request rejected by user");
        }

        try
        {
            return method == "Encrypt"
                ? KeyServiceAnswer.Ok(Encoding.UTF8.GetBytes(await inner.WrapAsync(request.Key, request.Payload, cancellationToken).ConfigureAwait(false)))
                : await DecryptAsync(request.Key, request.Payload, cancellationToken).ConfigureAwait(false);
        }
        catch (MasterKeyException refused)
        {
            return KeyServiceAnswer.Refused(Unknown, refused.Message);
        }
    }

    private async Task<KeyServiceAnswer> DecryptAsync(MasterKey key, byte[] wrappedKey, CancellationToken cancellationToken)
    {
        using var dataKey = await inner.UnwrapAsync(key, Encoding.UTF8.GetString(wrappedKey), cancellationToken).ConfigureAwait(false);
        return KeyServiceAnswer.Ok(dataKey.Span);
    }
}

/// <summary>What goes back: a frame with status 0, or a status and a message.</summary>
public sealed record KeyServiceAnswer(int Status, string Message, byte[] Frame)
{
    internal static KeyServiceAnswer Ok(ReadOnlySpan<byte> payload) => new(0, "", GrpcFrame.Write(KeyServiceMessages.Response(payload)));

    internal static KeyServiceAnswer Refused(int status, string message) => new(status, message, []);

    /// <summary>The message as the header <c>grpc-message</c> carries it: only what is no printable ASCII, and the percent sign itself, is encoded.</summary>
    public string EncodedMessage =>
        string.Concat(Encoding.UTF8.GetBytes(Message).Select(octet => octet is >= 0x20 and <= 0x7e and not (byte)'%' ? ((char)octet).ToString() : $"%{octet:X2}"));

    /// <summary>The status only: the frame may hold a data key.</summary>
    public override string ToString() => $"gRPC status {Status}";
}
