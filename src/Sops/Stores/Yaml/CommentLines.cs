using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Comment lines that wait for the node they belong to. Adding costs the same however many wait already.</summary>
internal sealed class CommentLines
{
    private readonly StringBuilder _text = new();

    /// <summary>Length of the waiting text in characters.</summary>
    public int Length => _text.Length;

    /// <summary>Appends lines below those that wait; nothing for an empty text.</summary>
    public void Add(string lines)
    {
        if (lines.Length > 0)
        {
            _text.Append(_text.Length > 0 ? "\n" : "").Append(lines);
        }
    }

    /// <summary>Gives everything that waits.</summary>
    public string Take() => _text.Length == 0 ? "" : Take(_text.Length);

    /// <summary>Gives the first lines, up to a length in characters at which a line ends.</summary>
    public string Take(int length)
    {
        var taken = _text.ToString(0, length);
        _text.Remove(0, Math.Min(length + 1, _text.Length));
        return taken;
    }
}
