using System.Text;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>Reads a yes or no from standard input.</summary>
internal static class Confirmation
{
    /// <summary>Asks until the answer is <c>y</c> or <c>n</c>.</summary>
    /// <exception cref="SopsException">The input ended without an answer.</exception>
    public static bool Ask(CliEnvironment environment, string question)
    {
        while (true)
        {
            environment.Print(question);
            switch (ReadLine(environment.Input))
            {
                case "y":
                    return true;
                case "n":
                    return false;
                case null:
                    throw new SopsException(SopsExitCode.Generic, "no answer was given; --yes goes on without asking");
            }
        }
    }

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
