using System.Buffers;
using System.Globalization;
using System.Text;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Json;

/// <summary>Writes trees as Go's encoding/json does: HTML-safe escapes, numbers without exponent up to 1e21, a final newline.</summary>
internal sealed class JsonTreeWriter(string indent)
{
    private readonly byte[] _indent = Encoding.ASCII.GetBytes(indent);
    private ArrayBufferWriter<byte> _output = new(1024);

    public byte[] Write(TreeNode root)
    {
        // One growth for the one large value of a binary file, instead of doublings.
        var largest = root is TreeBranch top ? top.Items.Max(item => (item.Value as TreeScalar)?.Plaintext.Length) ?? 0 : 0;
        _output = new ArrayBufferWriter<byte>(largest + (16 * 1024));
        WriteNode(root, 0);
        _output.Write("\n"u8);
        return _output.WrittenSpan.ToArray();
    }

    private void WriteNode(TreeNode node, int depth)
    {
        switch (node)
        {
            case TreeBranch branch:
                WriteBranch(branch, depth);
                break;
            case TreeList list:
                WriteList(list, depth);
                break;
            case TreeScalar scalar:
                WriteScalar(scalar);
                break;
        }
    }

    private void WriteBranch(TreeBranch branch, int depth)
    {
        _output.Write("{"u8);
        var count = 0;
        foreach (var item in branch.Items)
        {
            if (item.Comment is not null)
            {
                continue;
            }

            _output.Write(count++ > 0 ? ",\n"u8 : "\n"u8);
            Indent(depth + 1);
            WriteText(Encoding.UTF8.GetBytes(item.Key));
            _output.Write(": "u8);
            WriteNode(item.Value, depth + 1);
        }

        Close(count, depth, "}"u8);
    }

    private void WriteList(TreeList list, int depth)
    {
        _output.Write("["u8);
        var count = 0;
        foreach (var element in list.Elements)
        {
            if (element is TreeComment)
            {
                continue;
            }

            _output.Write(count++ > 0 ? ",\n"u8 : "\n"u8);
            Indent(depth + 1);
            WriteNode(element, depth + 1);
        }

        Close(count, depth, "]"u8);
    }

    private void Close(int count, int depth, ReadOnlySpan<byte> bracket)
    {
        if (count > 0)
        {
            _output.Write("\n"u8);
            Indent(depth);
        }

        _output.Write(bracket);
    }

    private void WriteScalar(TreeScalar scalar)
    {
        switch (scalar.Kind)
        {
            case TreeScalarKind.Null:
                _output.Write("null"u8);
                break;
            case TreeScalarKind.Truth:
                _output.Write(scalar.Plaintext.Span[0] == 'T' ? "true"u8 : "false"u8);
                break;
            case TreeScalarKind.WholeNumber or TreeScalarKind.TooLargeNumber:
                _output.Write(scalar.Plaintext.Span);
                break;
            case TreeScalarKind.RealNumber:
                _output.Write(Encoding.ASCII.GetBytes(RealNumber(scalar.Text)));
                break;
            default:
                WriteText(scalar.Plaintext.Span);
                break;
        }
    }

    private static string RealNumber(string text)
    {
        if (!GoNumber.TryParseFloat(text, out var number))
        {
            return text;
        }

        if (!double.IsFinite(number))
        {
            throw new SopsException(SopsExitCode.CannotEmit, $"Error marshaling to json: Error encoding value : json: unsupported value: {GoNumber.FormatFixed(number)}");
        }

        if (GoNumber.IsNegativeZero(number))
        {
            return GoNumber.NegativeZero;
        }

        var magnitude = Math.Abs(number);
        return magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)
            ? GoNumber.FormatExponent(number, 'e', minimumDigits: magnitude < 1 ? 1 : 2)
            : GoNumber.FormatFixed(number);
    }

    private void Indent(int depth)
    {
        for (var level = 0; level < depth; level++)
        {
            _output.Write(_indent);
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        _output.Write("\""u8);
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            var current = text[at];
            if (current is >= 0x20 and < 0x80 and not ((byte)'"' or (byte)'\\' or (byte)'<' or (byte)'>' or (byte)'&'))
            {
                at++;
                continue;
            }

            var width = 1;
            if (current >= 0x80 && !NeedsEscape(text[at..], out width))
            {
                at += width;
                continue;
            }

            _output.Write(text[start..at]);
            WriteEscape(text.Slice(at, width));
            at += width;
            start = at;
        }

        _output.Write(text[start..]);
        _output.Write("\""u8);
    }

    /// <summary>U+2028, U+2029 and bytes that are no UTF-8.</summary>
    private static bool NeedsEscape(ReadOnlySpan<byte> text, out int width)
    {
        var status = Rune.DecodeFromUtf8(text, out var rune, out width);
        if (status != OperationStatus.Done)
        {
            width = 1;
        }

        return status != OperationStatus.Done || rune.Value is 0x2028 or 0x2029;
    }

    private void WriteEscape(ReadOnlySpan<byte> character)
    {
        var escape = character[0] switch
        {
            (byte)'"' => "\\\"",
            (byte)'\\' => "\\\\",
            (byte)'\n' => "\\n",
            (byte)'\r' => "\\r",
            (byte)'\t' => "\\t",
            (byte)'\b' => "\\b",
            (byte)'\f' => "\\f",
            < 0x80 => "\\u" + character[0].ToString("x4", CultureInfo.InvariantCulture),
            _ when character.Length == 3 => character[2] == 0xA8 ? "\\u2028" : "\\u2029",
            _ => "\\ufffd",
        };
        _output.Write(Encoding.ASCII.GetBytes(escape));
    }
}
