using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Tests;

/// <summary>Documents made from a seed: nested maps and lists with every kind of scalar, awkward keys and texts, and comments.</summary>
internal sealed class GeneratedDocument(int seed)
{
    private static readonly string[] Texts =
    [
        "", "x", "two words", "yes", "null", "1.5", "007", " lead", "trail ", "a: b", "# no comment", "- dash", "line\nbreak", "tail\n", "\n\nlead", "tab\there",
        "quote\"d", "it's", "héllo", "\U0001F510", "\u0001", "\u2028", "[x]", "{y}", "&a", "*a", "!t", "%d", "@at", "`tick", "---", "1:30", "<<", "ENC[", "2024-01-01", "\\", "a=b;c#d",
    ];

    private static readonly string[] Keys = ["a", "b", "c c", "yes", "1", "x:y", "#k", "né", "_long_" + "key", "n", "d.e", "q'q"];

#pragma warning disable CA5394 // a seeded generator is the point: a failing document can be made again
    private readonly Random _random = new(seed);

    /// <summary>Whether nulls occur; TOML has none.</summary>
    public bool HasNulls { get; init; } = true;

    /// <summary>A document for YAML, with comments and several types.</summary>
    public TreeBranch Nested(bool hasComments, int depth = 0)
    {
        var branch = new TreeBranch();
        foreach (var key in Keys.OrderBy(_ => _random.Next()).Take(_random.Next(1, 6)))
        {
            AddComment(hasComments, comment => branch.Add(comment));
            branch.Add(key, Node(hasComments, depth + 1));
        }

        return branch;
    }

    /// <summary>A document of strings, for dotenv and, in a section, INI.</summary>
    public TreeBranch Flat(Func<string, bool> isFit)
    {
        var branch = new TreeBranch();
        foreach (var key in new[] { "A", "B_C", "d", "E1" }.Take(_random.Next(1, 5)))
        {
            branch.Add(key, TreeScalar.OfText(Pick(Texts.Where(isFit).ToArray())));
        }

        return branch;
    }

    public byte[] Bytes(int longest)
    {
        var bytes = new byte[_random.Next(1, longest)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The text with one to three bytes changed, removed or doubled.</summary>
    public byte[] Mutated(byte[] text)
    {
        var bytes = text.ToList();
        for (var count = _random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(1, 20), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = (byte)"\n\t :-#[]{}'\"|>&*!%@,?\\="[_random.Next(23)];
                    break;
            }
        }

        return [.. bytes];
    }

    private TreeNode Node(bool hasComments, int depth) => _random.Next(depth > 4 ? 7 : 10) switch
    {
        0 => TreeScalar.OfNumber(Pick<long>(0, -17, 42, long.MaxValue, long.MinValue)),
        1 => TreeScalar.OfNumber(Pick(0.1, -1.5e-7, 1e10, 3.25, 1234567890123.4567)),
        2 => TreeScalar.OfTruth(_random.Next(2) == 0),
        3 when HasNulls => TreeScalar.Null,
        7 or 8 => Nested(hasComments, depth),
        9 => List(hasComments, depth),
        _ => TreeScalar.OfText(Pick(Texts)),
    };

    private TreeList List(bool hasComments, int depth)
    {
        var list = new TreeList();
        for (var count = _random.Next(0, 4); count > 0; count--)
        {
            AddComment(hasComments && list.Elements.Count > 0, list.Elements.Add);
            list.Elements.Add(_random.Next(3) == 0 && depth < 5 ? List(hasComments: false, depth + 1) : TreeScalar.OfText(Pick(Texts)));
        }

        return list;
    }

    private void AddComment(bool hasComments, Action<TreeComment> add)
    {
        if (hasComments && _random.Next(4) == 0)
        {
            add(new TreeComment($" note {_random.Next(1000)}"));
        }
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
#pragma warning restore CA5394
}
