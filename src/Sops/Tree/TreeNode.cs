using System.Text;

namespace SecretsOps.Sops.Tree;

/// <summary>A value in a document: a branch, a list, a scalar, or a comment inside a list.</summary>
public abstract class TreeNode
{
    private protected TreeNode()
    {
    }
}

/// <summary>A map: keys and comments in the order of the file.</summary>
public sealed class TreeBranch : TreeNode
{
    /// <summary>The items in order.</summary>
    public List<TreeItem> Items { get; init; } = [];

    /// <summary>The first item under <paramref name="key"/>, or null.</summary>
    public TreeItem? Find(string key) => Items.Find(item => item.Comment is null && string.Equals(item.Key, key, StringComparison.Ordinal));

    /// <summary>Adds a key with its value.</summary>
    public void Add(string key, TreeNode value) => Items.Add(new TreeItem(key, value));

    /// <summary>Adds a comment.</summary>
    public void Add(TreeComment comment) => Items.Add(new TreeItem(comment));
}

/// <summary>One entry of a <see cref="TreeBranch"/>: a key with its value, or a comment.</summary>
public sealed class TreeItem
{
    /// <summary>A key with its value.</summary>
    public TreeItem(string key, TreeNode value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>A comment line.</summary>
    public TreeItem(TreeComment comment)
    {
        Key = "";
        Value = comment;
    }

    /// <summary>The key; empty for a comment.</summary>
    public string Key { get; }

    /// <summary>The value, or the comment.</summary>
    public TreeNode Value { get; set; }

    /// <summary>What the key is when it is no string (<c>int</c>, <c>bool</c>, …): such trees load and are refused when walked, as sops does.</summary>
    public string? ForeignKeyType { get; init; }

    /// <summary>The comment, when the item is one.</summary>
    public TreeComment? Comment => Value as TreeComment;
}

/// <summary>A list of values, with comments among them.</summary>
public sealed class TreeList : TreeNode
{
    /// <summary>The elements in order.</summary>
    public List<TreeNode> Elements { get; init; } = [];
}

/// <summary>A comment line without its <c>#</c>.</summary>
public sealed class TreeComment(string text, bool isInline = false) : TreeNode
{
    /// <summary>The text after the <c>#</c>, leading space included.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it stood at the end of the next item's line.</summary>
    public bool IsInline { get; } = isInline;
}

/// <summary>The types of scalars that SOPS tells apart.</summary>
public enum TreeScalarKind
{
    /// <summary>Text, or any bytes.</summary>
    Text,

    /// <summary>A signed 64-bit integer.</summary>
    WholeNumber,

    /// <summary>A 64-bit floating point number.</summary>
    RealNumber,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>A point in time.</summary>
    Time,

    /// <summary>Nothing.</summary>
    Null,

    /// <summary>An unsigned integer above the signed range, which SOPS cannot store.</summary>
    TooLargeNumber,
}

/// <summary>A scalar: its kind and the bytes that SOPS encrypts and hashes for it.</summary>
public sealed class TreeScalar(TreeScalarKind kind, ReadOnlyMemory<byte> plaintext) : TreeNode
{
    /// <summary>The empty string.</summary>
    public static TreeScalar Empty { get; } = new(TreeScalarKind.Text, default);

    /// <summary>Null.</summary>
    public static TreeScalar Null { get; } = new(TreeScalarKind.Null, default);

    /// <summary>The kind.</summary>
    public TreeScalarKind Kind { get; } = kind;

    /// <summary>The canonical bytes: UTF-8 text, decimal digits, <c>True</c>, RFC 3339.</summary>
    public ReadOnlyMemory<byte> Plaintext { get; } = plaintext;

    /// <summary>The canonical bytes as text; bytes that are not UTF-8 become replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(Plaintext.Span);

    /// <summary>A string scalar.</summary>
    public static TreeScalar OfText(string text) => new(TreeScalarKind.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>An integer scalar.</summary>
    public static TreeScalar OfNumber(long value) => new(TreeScalarKind.WholeNumber, Encoding.UTF8.GetBytes(GoNumber.Format(value)));

    /// <summary>A floating point scalar.</summary>
    public static TreeScalar OfNumber(double value) => new(TreeScalarKind.RealNumber, Encoding.UTF8.GetBytes(GoNumber.FormatFixed(value)));

    /// <summary>A boolean scalar, canonically <c>True</c> or <c>False</c>.</summary>
    public static TreeScalar OfTruth(bool value) => new(TreeScalarKind.Truth, value ? "True"u8.ToArray() : "False"u8.ToArray());

    /// <summary>A time scalar by its RFC 3339 text.</summary>
    public static TreeScalar OfTime(string rfc3339) => new(TreeScalarKind.Time, Encoding.UTF8.GetBytes(rfc3339));

    /// <summary>The kind and the size; never the value.</summary>
    public override string ToString() => $"[{Kind}, {Plaintext.Length} bytes]";
}
