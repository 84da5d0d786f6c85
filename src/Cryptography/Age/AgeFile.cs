namespace SecretsOps.Cryptography.Age;

/// <summary>Whether a file is written as bytes or as text.</summary>
public enum AgeEncoding
{
    /// <summary>The binary form.</summary>
    Binary,

    /// <summary>The text form between <c>BEGIN</c> and <c>END AGE ENCRYPTED FILE</c>.</summary>
    Armored,
}

/// <summary>Encrypts to age recipients and decrypts with age identities.</summary>
public static class AgeFile
{
    /// <summary>Encrypts <paramref name="plaintext"/> to every recipient.</summary>
    /// <exception cref="AgeException">The recipients may not be mixed.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> plaintext, IReadOnlyList<AgeRecipient> recipients, AgeEncoding encoding)
    {
        var file = new MemoryStream();
        using (var writer = OpenWrite(file, recipients, encoding))
        {
            writer.Write(plaintext);
        }

        return file.ToArray();
    }

    /// <summary>Decrypts a whole file, binary or armored.</summary>
    /// <exception cref="AgeException">The file is malformed, changed, or for nobody among <paramref name="identities"/>.</exception>
    public static SecretBytes Decrypt(ReadOnlyMemory<byte> file, IReadOnlyList<AgeIdentity> identities)
    {
        using var reader = OpenRead(AgeArmor.ToStream(file), identities);
        var plaintext = new SecretBytes(file.Length); // an upper bound: a file is longer than its plaintext
        var length = reader.ReadAtLeast(plaintext.Span, plaintext.Length, throwOnEndOfStream: false);
        using (plaintext)
        {
            return new SecretBytes(plaintext.Span[..length]);
        }
    }

    /// <summary>Writes the header and gives a stream for the plaintext; disposing it finishes the file and closes <paramref name="destination"/>.</summary>
    /// <exception cref="AgeException">The recipients may not be mixed.</exception>
    public static Stream OpenWrite(Stream destination, IReadOnlyList<AgeRecipient> recipients, AgeEncoding encoding)
    {
        if (recipients.Count == 0)
        {
            throw new ArgumentException("An age file needs at least one recipient.", nameof(recipients));
        }

        RefuseMixedLabels(recipients);
        using var fileKey = SecretBytes.Random(AgeHeader.FileKeySize);
        List<Stanza> stanzas = [];
        foreach (var recipient in recipients)
        {
            stanzas.AddRange(recipient.Wrap(fileKey.Span));
        }

        var binary = encoding == AgeEncoding.Armored ? new ArmorWriteStream(destination) : destination;
        binary.Write(AgeHeader.Create(stanzas, fileKey.Span).ToBytes());
        return new AgeWriteStream(binary, fileKey.Span);
    }

    /// <summary>Reads the header and gives the plaintext as a stream; a chunk is released only after it was verified.</summary>
    /// <remarks>Whoever acts on the plaintext must read to the end: only then is it known to be whole.</remarks>
    /// <exception cref="AgeException">The header is malformed, changed, or for nobody among <paramref name="identities"/>; thrown by reads too.</exception>
    public static Stream OpenRead(Stream source, IReadOnlyList<AgeIdentity> identities)
    {
        var reader = new AgeLineReader(AgeArmor.Unwrap(source));
        var header = AgeHeader.Read(reader);
        using var fileKey = Unwrap(header.Stanzas, identities);
        return header.IsAuthentic(fileKey.Span)
            ? new AgeReadStream(reader, fileKey.Span)
            : throw new AgeException(AgeFailure.HeaderMac, "bad header MAC: the header was changed after encryption");
    }

    private static SecretBytes Unwrap(IReadOnlyList<Stanza> stanzas, IReadOnlyList<AgeIdentity> identities)
    {
        if (stanzas.Count > 1 && stanzas.Any(stanza => stanza.Type == ScryptRecipient.StanzaType))
        {
            throw AgeHeader.Malformed("an scrypt recipient must be the only one");
        }

        foreach (var identity in identities)
        {
            if (identity.TryUnwrap(stanzas) is { } fileKey)
            {
                return fileKey;
            }
        }

        throw new AgeException(AgeFailure.NoMatch, "identity did not match any of the recipients: incorrect identity for recipient block");
    }

    private static void RefuseMixedLabels(IReadOnlyList<AgeRecipient> recipients)
    {
        var labels = recipients[0].Labels.ToHashSet(StringComparer.Ordinal);
        if (recipients.Any(recipient => !labels.SetEquals(recipient.Labels)))
        {
            throw new AgeException(AgeFailure.Header, "incompatible recipients: post-quantum and passphrase recipients must not share a file with others");
        }
    }
}
