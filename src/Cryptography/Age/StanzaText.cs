using System.Text;

namespace SecretsOps.Cryptography.Age;

/// <summary>Stanzas as text, in file headers and in the plugin protocol.</summary>
public static class StanzaText
{
    internal const string VersionLine = "age-encryption.org/v1";
    internal const string FooterMark = "---";
    private const string StanzaMark = "-> ";
    private const int Columns = 64;

    /// <summary>Appends the stanza's lines.</summary>
    public static void Append(StringBuilder text, Stanza stanza)
    {
        text.Append(StanzaMark).Append(stanza.Type);
        foreach (var argument in stanza.Arguments)
        {
            text.Append(' ').Append(argument);
        }

        text.Append('\n');
        var body = UnpaddedBase64.Encode(stanza.Body.Span);
        for (var start = 0; start <= body.Length; start += Columns)
        {
            text.Append(body.AsSpan(start, Math.Min(Columns, body.Length - start))).Append('\n');
        }
    }

    /// <summary>Reads one stanza whose first line is <paramref name="firstLine"/>.</summary>
    /// <exception cref="AgeException">The text is no stanza.</exception>
    public static Stanza Read(string firstLine, Func<string> readLine)
    {
        if (!firstLine.StartsWith(StanzaMark, StringComparison.Ordinal))
        {
            throw AgeHeader.Malformed("a stanza does not begin with '-> '");
        }

        var words = firstLine[StanzaMark.Length..].Split(' ');
        if (!Stanza.AreWords(words))
        {
            throw AgeHeader.Malformed("malformed stanza: an argument is empty or not printable ASCII");
        }

        var body = new MemoryStream();
        for (var length = Columns; length == Columns;)
        {
            var line = readLine();
            length = line.Length;
            if (length > Columns || !UnpaddedBase64.TryDecode(line, out var bytes))
            {
                throw AgeHeader.Malformed($"the body of a stanza of type '{words[0]}' is not canonical base64 of 64 columns");
            }

            body.Write(bytes);
        }

        return new(words[0], words[1..], body.ToArray());
    }

    internal static Stanza Read(string firstLine, AgeLineReader reader, StringBuilder copy)
    {
        copy.Append(firstLine).Append('\n');
        return Read(firstLine, () =>
        {
            var line = reader.ReadLine();
            copy.Append(line).Append('\n');
            return line;
        });
    }
}
