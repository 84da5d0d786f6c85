using System.Text;
using System.Text.Json;
using SecretsOps.Sops;
using SecretsOps.Sops.Stores.Json;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops set FILE INDEX VALUE</c>: one value, in place.</summary>
internal static class SetMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        if (arguments.Flag("value-file") && arguments.Flag("value-stdin"))
        {
            throw new SopsException(SopsExitCode.Generic, "Error: cannot use both --value-file and --value-stdin");
        }

        var needed = arguments.Flag("value-stdin") ? 2 : 3;
        if (arguments.Positional.Count != needed)
        {
            throw new SopsException(SopsExitCode.NoFile, needed == 2
                ? "Error: no file specified, or index is missing. Need precisely 2 positional arguments since --value-stdin is used."
                : "Error: no file specified, or index and value are missing. Need precisely 3 positional arguments.");
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        var pointer = PathOf(arguments.Positional[1], "set");
        return SetAsync(session, path, pointer, ParseValue(ReadValue(session)), cancellationToken);
    }

    /// <summary><c>--set '["key"] value' FILE</c>.</summary>
    public static Task<int> RunLegacyAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var text = session.Arguments.Text("set");
        var end = text.IndexOf("] ", StringComparison.Ordinal);
        if (end < 0)
        {
            throw Invalid("Invalid --set format");
        }

        var value = ParseValue(text[(end + 2)..]);
        try
        {
            return SetAsync(session, session.RequireFile(), TreePointer.Parse(text[..(end + 1)]), value, cancellationToken);
        }
        catch (FormatException failure)
        {
            throw new SopsException(SopsExitCode.InvalidSetFormat, "Invalid --set format", failure);
        }
    }

    /// <exception cref="SopsException">The path does not parse.</exception>
    public static TreePointer PathOf(string text, string verb)
    {
        try
        {
            return TreePointer.Parse(text);
        }
        catch (FormatException failure)
        {
            throw new SopsException(SopsExitCode.InvalidSetFormat, $"Invalid {verb} index format", failure);
        }
    }

    /// <summary>A value from its JSON text.</summary>
    /// <exception cref="SopsException">The text is not JSON, or a list.</exception>
    public static TreeNode ParseValue(string json)
    {
        try
        {
            var content = Encoding.UTF8.GetBytes(json);
            var reader = new Utf8JsonReader(content);
            reader.Read();
            // Compatibility: sops loads maps by its JSON store, which takes no list at the top.
            var value = reader.TokenType == JsonTokenType.StartArray ? throw Invalid("Invalid --set value format") : JsonTreeReader.ReadValue(ref reader, content);
            reader.Read();
            return value;
        }
        catch (JsonException)
        {
            // The cause quotes the value; it stays here.
            throw Invalid("Value for --set is not valid JSON");
        }
    }

    private static string ReadValue(SopsSession session)
    {
        var arguments = session.Arguments;
        if (arguments.Flag("value-stdin"))
        {
            return Encoding.UTF8.GetString(session.ReadInput());
        }

        return arguments.Flag("value-file")
            ? Encoding.UTF8.GetString(SopsSession.Read(session.Environment.PathOf(arguments.Positional[2])))
            : arguments.Positional[2];
    }

    private static async Task<int> SetAsync(SopsSession session, string path, TreePointer pointer, TreeNode value, CancellationToken cancellationToken)
    {
        using var opened = await FileEditor.OpenAsync(session, path, cancellationToken).ConfigureAwait(false);
        var top = opened.Trees[0] as TreeBranch
            ?? throw new SopsException(SopsExitCode.InvalidSetFormat, "the top of the file is a list; set works on maps, so use edit");
        var isChanged = TreeEdit.Set(top, pointer, value);
        if (!isChanged && session.Arguments.Flag("idempotent"))
        {
            session.Inform("CMD", "File not written due to no change");
            return 0;
        }

        SopsSession.Write(path, FileEditor.EmitEdit(session, path, opened.Close(opened.Trees, session.Environment.Time)));
        return 0;
    }

    private static SopsException Invalid(string message) => new(SopsExitCode.InvalidSetFormat, message);
}
