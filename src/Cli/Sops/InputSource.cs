using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>What <c>encrypt</c> and <c>decrypt</c> read: a file, or standard input when no file is named.</summary>
/// <param name="Path">The file, absolute, or null for standard input.</param>
/// <param name="Name">The name that decides about format and creation rule.</param>
internal sealed record InputSource(string? Path, string Name)
{
    /// <exception cref="SopsException">Options exclude each other, or the file does not exist.</exception>
    public static InputSource Find(SopsSession session, bool requiresName)
    {
        var arguments = session.Arguments;
        session.WarnAboutMore(1);
        var isInPlace = arguments.Flag("in-place");
        if (isInPlace && arguments.Text("output").Length > 0)
        {
            throw Conflict("Error: cannot operate on both --output and --in-place");
        }

        var overriding = arguments.Text("filename-override");
        if (arguments.Positional.Count == 0)
        {
            return FromInput(session, isInPlace, overriding, requiresName);
        }

        var path = session.Environment.PathOf(arguments.Positional[0]);
        if (!System.IO.Path.Exists(path))
        {
            throw new SopsException(SopsExitCode.NoFile, $"Error: cannot operate on non-existent file \"{path}\"");
        }

        return new InputSource(path, overriding.Length > 0 ? session.Environment.PathOf(overriding) : path);
    }

    public ReadOnlyMemory<byte> Read(SopsSession session) => Path is null ? session.ReadInput() : SopsSession.Read(Path);

    private static InputSource FromInput(SopsSession session, bool isInPlace, string overriding, bool requiresName)
    {
        if (isInPlace)
        {
            throw Conflict("Error: cannot use --in-place when reading from stdin");
        }

        if (overriding.Length == 0 && requiresName)
        {
            throw Conflict("Error: must specify --filename-override when reading from stdin");
        }

        return new InputSource(null, overriding.Length > 0 ? session.Environment.PathOf(overriding) : "");
    }

    private static SopsException Conflict(string message) => new(SopsExitCode.ConflictingParameters, message);
}
