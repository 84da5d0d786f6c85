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
        var needed = arguments.Flag("value-stdin") ? 2 : 3;
        if (arguments.Positional.Count != needed)
        {
            throw new SopsException(SopsExitCode.NoFile, needed == 2
                ? "Error: file specified, or index is missing. Need precisely 2 positional arguments since --value-stdin is used."
                : "Error: no file specified, or index and value are missing. Need precisely 3 positional arguments.");
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        FileEditor.RequireExisting(path);
        var pointer = PathOf(arguments.Positional[1], "set");
        return SetAsync(session, path, pointer, ParseValue(ReadValue(session)), cancellationToken);
    }

    /// <summary><c>--set '["key"] value' FILE</c>.</summary>
    public static Task<int> RunLegacyAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var text = session.Arguments.Text("set");
        var end = text.LastIndexOf(']');
        for (var at = text.IndexOf("] ", StringComparison.Ordinal); at >= 0; at = -1)
        {
            end = at;
        }

        if (end < 0)
        {
            throw new SopsException(SopsExitCode.InvalidSetFormat, "Invalid --set format");
        }

        return SetAsync(session, session.RequireFile(), PathOf(text[..(end + 1)], "set"), ParseValue(text[(end + 1)..].Trim()), cancellationToken);
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
            throw new SopsException(SopsExitCode.InvalidSetFormat, $"Invalid {verb} index format: {failure.Message}", failure);
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
            session.Log("CMD", "info", "File unchanged");
            return 0;
        }

        SopsSession.Write(path, FileEditor.EmitEdit(session, path, opened.Close(opened.Trees, session.Environment.Time)));
        return 0;
    }

    private static SopsException Invalid(string message) => new(SopsExitCode.InvalidSetFormat, message);
}
