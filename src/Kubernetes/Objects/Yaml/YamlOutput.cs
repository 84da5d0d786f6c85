using System.Text;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Text under construction that knows its column.</summary>
internal sealed class YamlOutput
{
    private readonly StringBuilder _text = new();

    internal int Column { get; private set; }

    internal void Write(Rune rune)
    {
        _text.Append(rune.ToString());
        Column++;
    }

    internal void Write(string ascii)
    {
        _text.Append(ascii);
        Column += ascii.Length;
    }

    internal void WriteBreak(Rune rune)
    {
        _text.Append(rune.ToString());
        Column = 0;
    }

    internal void NewLine()
    {
        _text.Append('\n');
        Column = 0;
    }

    /// <summary>Starts a line at an indent, unless a block scalar has just ended one.</summary>
    internal void StartLine(int indent)
    {
        if (Column > 0)
        {
            NewLine();
        }

        Pad(indent);
    }

    internal void Pad(int indent)
    {
        while (Column < indent)
        {
            Write(" ");
        }
    }

    internal byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());
}
