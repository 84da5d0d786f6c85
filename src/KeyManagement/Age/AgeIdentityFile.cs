using System.Text;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age;

/// <summary>Reads identity files: one identity a line, comments and blank lines; the file itself may be encrypted with a passphrase.</summary>
internal sealed class AgeIdentityFile(KeyEnvironment environment)
{
    private const int MaximumSize = 16 << 20;

    /// <summary>Reads the identities of <paramref name="content"/>.</summary>
    /// <exception cref="AgeException">A line is no identity, or the passphrase is wrong or cannot be asked for.</exception>
    public IReadOnlyList<AgeIdentity> Read(ReadOnlyMemory<byte> content, string location)
    {
        if (content.Length > MaximumSize)
        {
            throw new AgeException(AgeFailure.Header, $"{location} is larger than {MaximumSize} bytes");
        }

        if (!AgeArmor.IsAgeFile(content.Span))
        {
            return ReadLines(content.Span, location);
        }

        using var passphrase = environment.Interaction?.AskSecret($"Enter passphrase for identity file {location}: ")
            ?? throw new AgeException(AgeFailure.NoMatch, $"{location} is encrypted with a passphrase and nobody can be asked for it");
        using var clear = AgeFile.Decrypt(content, [new ScryptIdentity(passphrase)]);
        return ReadLines(clear.Span, location);
    }

    private List<AgeIdentity> ReadLines(ReadOnlySpan<byte> content, string location)
    {
        List<AgeIdentity> identities = [];
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            number++;
            if (line.TrimStart().StartsWith('#'))
            {
                continue;
            }

            // Compatibility: sops 3.13 separates keys by any white space.
            foreach (var word in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                identities.Add(Parse(word, location, number));
            }
        }

        return identities.Count > 0 ? identities : throw new AgeException(AgeFailure.Header, $"{location} holds no identity");
    }

    private AgeIdentity Parse(string word, string location, int number)
    {
        try
        {
            return word.StartsWith(Plugins.AgePluginIdentity.Prefix, StringComparison.Ordinal)
                ? Plugins.AgePluginIdentity.Parse(word, environment)
                : AgeIdentity.Parse(word);
        }
        catch (AgeException refused)
        {
            throw new AgeException(refused.Failure, $"failed to parse {location}: error at line {number}: {refused.Message}", refused);
        }
    }
}
