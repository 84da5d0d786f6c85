using System.Text;

namespace SecretsOps.Cli.Sealing;

/// <summary>Reads <c>key=value</c>, <c>key=@file</c> and <c>key=-</c> (standard input).</summary>
internal static class ValueSource
{
    /// <exception cref="CliException">The text is none of them.</exception>
    internal static (string Key, byte[] Value) Read(string text, CliEnvironment environment)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new CliException($"'{(equals < 0 ? text : "")}' is no assignment", "write key=value, key=@file, or key=- for standard input", CliExitCode.Usage);
        }

        var (key, value) = (text[..equals], text[(equals + 1)..]);
        return (key, value switch
        {
            "-" => ReadAll(environment.Input),
            ['@', ..] => File.ReadAllBytes(environment.PathOf(value[1..])),
            _ => Encoding.UTF8.GetBytes(value),
        });
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
