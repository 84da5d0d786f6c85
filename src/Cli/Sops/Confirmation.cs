using System.Text;

namespace SecretsOps.Cli.Sops;

/// <summary>Reads a yes or no from standard input.</summary>
internal static class Confirmation
{
    /// <summary>True for <c>y</c>; false for <c>n</c>, another word, or the end of the input.</summary>
    public static bool Ask(CliEnvironment environment) => ReadLine(environment.Input) == "y";

    /// <summary>A line without its end, byte by byte so that nothing of the next is taken; null at the end of the input.</summary>
    public static string? ReadLine(Stream input)
    {
        var line = new List<byte>();
        for (int next; (next = input.ReadByte()) != '\n'; line.Add((byte)next))
        {
            if (next < 0)
            {
                return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
            }
        }

        return Encoding.UTF8.GetString([.. line]).Trim();
    }
}
