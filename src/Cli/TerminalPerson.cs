using System.Diagnostics;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;

namespace SecretsOps.Cli;

/// <summary>The person at the controlling terminal, asked there even when standard input is a file.</summary>
internal sealed class TerminalPerson : IKeyInteraction
{
    private const string Terminal = "/dev/tty";
    private const int LongestAnswer = 4096;

    /// <inheritdoc/>
    public SecretBytes? AskSecret(string prompt)
    {
        if (!File.Exists(Terminal))
        {
            return null;
        }

        try
        {
            using var terminal = Open();
            Write(terminal, prompt);
            SetEcho("-echo");
            try
            {
                return ReadSecretLine(terminal);
            }
            finally
            {
                SetEcho("echo");
                Write(terminal, "\n");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // no terminal belongs to this process
        }
    }

    /// <inheritdoc/>
    public string? AskPublic(string prompt)
    {
        try
        {
            using var terminal = Open();
            Write(terminal, prompt);
            using var answer = ReadSecretLine(terminal);
            return Encoding.UTF8.GetString(answer.Span);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool? Confirm(string prompt, string firstChoice, string? secondChoice)
    {
        var choices = secondChoice is null ? $"1: {firstChoice}" : $"1: {firstChoice}, 2: {secondChoice}";
        return AskPublic($"{prompt} [{choices}] ")?.Trim() switch
        {
            "1" => true,
            "2" when secondChoice is not null => false,
            _ => null,
        };
    }

    /// <inheritdoc/>
    public void ShowMessage(string text)
    {
        try
        {
            using var terminal = Open();
            Write(terminal, text + "\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(text);
        }
    }

    private static FileStream Open() => new(Terminal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private static void Write(FileStream terminal, string text) => terminal.Write(Encoding.UTF8.GetBytes(text));

    private static SecretBytes ReadSecretLine(FileStream terminal)
    {
        using var line = new SecretBytes(LongestAnswer);
        var length = 0;
        for (var octet = terminal.ReadByte(); octet is not (-1 or '\n') && length < LongestAnswer; octet = terminal.ReadByte())
        {
            line.Span[length++] = (byte)octet;
        }

        return new SecretBytes(line.Span[..length].TrimEnd((byte)'\r'));
    }

    private static void SetEcho(string mode)
    {
        using var stty = Process.Start(new ProcessStartInfo("/bin/stty", ["-F", Terminal, mode]) { RedirectStandardError = true });
        stty?.WaitForExit();
    }
}
