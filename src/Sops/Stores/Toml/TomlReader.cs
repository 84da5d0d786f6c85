using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>Reads a TOML text into a tree in the order of the text. A comment belongs to the table it stands in; at the end of a line it is an inline one of that key.</summary>
internal sealed class TomlReader(string text)
{
    private const int MaxDepth = 200;

    private readonly TomlCursor _cursor = new(text);
    private readonly TreeBranch _root = new();
    private readonly Dictionary<TreeBranch, Dictionary<string, TreeItem>> _keys = [];
    private readonly HashSet<TreeBranch> _headed = [];
    private readonly HashSet<TreeBranch> _inline = [];
    private readonly HashSet<TreeList> _tableArrays = [];

    /// <exception cref="SopsException">The text is no TOML, or holds what SOPS cannot keep; the message names the line and no value.</exception>
    public TreeBranch Read()
    {
        var table = _root;
        while (true)
        {
            _cursor.SkipBlankLines();
            if (_cursor.IsAtEnd)
            {
                return _root;
            }

            switch (_cursor.Current)
            {
                case '#':
                    table.Add(new TreeComment(_cursor.ReadComment()));
                    break;
                case '[':
                    table = ReadHeader();
                    if (_cursor.SkipBlanks() == '#')
                    {
                        table.Add(new TreeComment(_cursor.ReadComment()));
                    }

                    break;
                default:
                    ReadLine(table);
                    break;
            }

            _cursor.EndLine();
        }
    }

    private void ReadLine(TreeBranch table)
    {
        var branch = ReadPair(table, 0);
        if (_cursor.SkipBlanks() == '#')
        {
            branch.Items.Insert(branch.Items.Count - 1, new TreeItem(new TreeComment(_cursor.ReadComment(), isInline: true)));
        }
    }

    private TreeBranch ReadHeader()
    {
        _cursor.Expect('[');
        var isArray = _cursor.TryTake('[');
        var path = ReadKey();
        _cursor.Expect(']');
        if (isArray)
        {
            _cursor.Expect(']');
        }

        var parent = _root;
        foreach (var key in path.SkipLast(1))
        {
            parent = Descend(parent, key);
        }

        var table = isArray ? NextOfArray(parent, path[^1]) : TableAt(parent, path[^1]);
        _headed.Add(table);
        return table;
    }

    private TreeBranch TableAt(TreeBranch parent, string key)
    {
        var table = Find(parent, key) is null ? Add(parent, key, new TreeBranch()) : Descend(parent, key);
        return _headed.Contains(table) ? throw _cursor.Failure($"the table '{key}' is defined twice") : table;
    }

    private TreeBranch NextOfArray(TreeBranch parent, string key)
    {
        var list = Find(parent, key) switch
        {
            null => Add(parent, key, new TreeList()),
            { Value: TreeList known } when _tableArrays.Contains(known) => known,
            _ => throw _cursor.Failure($"'{key}' is defined already, and is no array of tables"),
        };
        _tableArrays.Add(list);
        var table = new TreeBranch();
        list.Elements.Add(table);
        return table;
    }

    /// <summary>Enters the table under a key, or makes it.</summary>
    private TreeBranch Descend(TreeBranch parent, string key) => Find(parent, key) switch
    {
        null => Add(parent, key, new TreeBranch()),
        { Value: TreeBranch branch } when !_inline.Contains(branch) => branch,
        { Value: TreeList list } when _tableArrays.Contains(list) => (TreeBranch)list.Elements[^1],
        _ => throw _cursor.Failure($"'{key}' is defined already, and is no table"),
    };

    /// <summary>Reads <c>key = value</c> and gives the table that took it, which a dotted key makes.</summary>
    private TreeBranch ReadPair(TreeBranch table, int depth)
    {
        var path = ReadKey();
        _cursor.Expect('=');
        _cursor.SkipBlanks();
        var value = ReadValue(depth);
        foreach (var key in path.SkipLast(1))
        {
            table = Descend(table, key);
        }

        if (Find(table, path[^1]) is not null)
        {
            throw _cursor.Failure($"the key '{path[^1]}' is defined twice");
        }

        Add(table, path[^1], value);
        return table;
    }

    private List<string> ReadKey()
    {
        var path = new List<string>();
        do
        {
            path.Add(_cursor.SkipBlanks() is '"' or '\'' ? TomlString.Read(_cursor, allowsLines: false) : _cursor.ReadBareKey());
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake('.'));
        return path.Count <= MaxDepth ? path : throw _cursor.Failure($"a key has more than {MaxDepth} parts");
    }

    private TreeNode ReadValue(int depth)
    {
        if (depth > MaxDepth)
        {
            throw _cursor.Failure($"values are nested deeper than {MaxDepth}");
        }

        return _cursor.Current switch
        {
            '"' or '\'' => TreeScalar.OfText(TomlString.Read(_cursor, allowsLines: true)),
            '[' => ReadArray(depth),
            '{' => ReadInlineTable(depth),
            _ => TomlScalar.Read(_cursor),
        };
    }

    private TreeList ReadArray(int depth)
    {
        var list = new TreeList();
        _cursor.Expect('[');
        while (true)
        {
            SkipComments(list);
            if (_cursor.TryTake(']'))
            {
                return list;
            }

            list.Elements.Add(ReadValue(depth + 1));
            SkipComments(list);
            if (!_cursor.TryTake(','))
            {
                _cursor.Expect(']');
                return list;
            }
        }
    }

    private void SkipComments(TreeList list)
    {
        for (_cursor.SkipBlankLines(); _cursor.Current == '#'; _cursor.SkipBlankLines())
        {
            list.Elements.Add(new TreeComment(_cursor.ReadComment()));
        }
    }

    private TreeBranch ReadInlineTable(int depth)
    {
        var table = new TreeBranch();
        _cursor.Expect('{');
        if (_cursor.SkipBlanks() != '}')
        {
            do
            {
                ReadPair(table, depth + 1);
                _cursor.SkipBlanks();
            }
            while (_cursor.TryTake(','));
        }

        _cursor.Expect('}');
        _inline.Add(table);
        return table;
    }

    private TreeItem? Find(TreeBranch branch, string key) => _keys.TryGetValue(branch, out var keys) ? keys.GetValueOrDefault(key) : null;

    private T Add<T>(TreeBranch branch, string key, T value)
        where T : TreeNode
    {
        if (!_keys.TryGetValue(branch, out var keys))
        {
            _keys[branch] = keys = new(StringComparer.Ordinal);
        }

        branch.Items.Add(keys[key] = new TreeItem(key, value));
        return value;
    }
}
