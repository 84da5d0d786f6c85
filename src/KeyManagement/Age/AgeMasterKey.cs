namespace SecretsOps.KeyManagement.Age;

/// <summary>An age recipient: X25519, hybrid post-quantum, SSH public key or plugin.</summary>
public sealed record AgeMasterKey(string Recipient) : MasterKey
{
    /// <inheritdoc/>
    public override string TypeName => "age";

    /// <inheritdoc/>
    public override string Identity => Recipient;

    /// <summary>Reads a comma-separated list, as <c>--age</c> and the configuration have it.</summary>
    public static IReadOnlyList<AgeMasterKey> ParseList(string text) =>
        [.. KeyList.Split(text).Select(recipient => new AgeMasterKey(recipient))];
}
