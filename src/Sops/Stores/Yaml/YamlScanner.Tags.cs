using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Directives, anchors, aliases and tags.</summary>
internal sealed partial class YamlScanner
{
    private void FetchDirective()
    {
        UnrollIndent(-1, Mark);
        RemoveSimpleKey();
        _isSimpleKeyAllowed = false;
        var start = Mark;
        Advance(1);
        var words = ReadCommentLine().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var hasComment = Array.FindIndex(words, word => word.StartsWith('#')) is var at && at >= 0;
        words = hasComment ? words[..at] : words;
        AdvanceLine();
        _tokens.Add(words switch
        {
            ["YAML", "1.1" or "1.2"] => new YamlToken(YamlTokenKind.VersionDirective, start, Mark),
            ["YAML", ..] => throw new YamlSyntaxException("found incompatible YAML document", start),
            ["TAG", var handle, var prefix] => new YamlToken(YamlTokenKind.TagDirective, start, Mark) { Name = handle, Suffix = prefix },
            _ => throw new YamlSyntaxException("found unknown directive name", start),
        });
    }

    private YamlToken ScanAnchor(YamlTokenKind kind)
    {
        var start = Mark;
        Advance(1);
        var nameStart = _at;
        while (char.IsAsciiLetterOrDigit((char)Current) || Current is (byte)'_' or (byte)'-')
        {
            Advance(1);
        }

        var isEnded = IsBlankOrEnd() || "?:,]}%@`"u8.IndexOf(Current) >= 0;
        if (_at == nameStart || !isEnded)
        {
            throw new YamlSyntaxException("did not find expected alphabetic or numeric character", start);
        }

        return new YamlToken(kind, start, Mark) { Name = Encoding.ASCII.GetString(_text, nameStart, _at - nameStart) };
    }

    private YamlToken ScanTag()
    {
        var start = Mark;
        string handle;
        string suffix;
        if (_text[_at + 1] == '<')
        {
            Advance(2);
            handle = "";
            suffix = ReadTagCharacters();
            if (Current != '>')
            {
                throw new YamlSyntaxException("did not find the expected '>'", start);
            }

            Advance(1);
        }
        else
        {
            var text = ReadTagCharacters();
            var second = text.IndexOf('!', 1);
            handle = second < 0 ? "!" : text[..(second + 1)];
            suffix = text[handle.Length..];
        }

        if (!IsBlankOrEnd() && !(_flowDepth > 0 && Current == ','))
        {
            throw new YamlSyntaxException("did not find expected whitespace or line break", start);
        }

        return new YamlToken(YamlTokenKind.Tag, start, Mark) { Name = handle, Suffix = Uri.UnescapeDataString(suffix) };
    }

    private string ReadTagCharacters()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit((char)Current) || (Current != 0 && "-_;/?:@&=+$,.!~*'()[]%"u8.IndexOf(Current) >= 0))
        {
            if (_flowDepth > 0 && Current is (byte)',' or (byte)'[' or (byte)']')
            {
                break;
            }

            Advance(1);
        }

        return Encoding.ASCII.GetString(_text, start, _at - start);
    }
}
