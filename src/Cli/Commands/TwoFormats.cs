using SecretsOps.Sops;

namespace SecretsOps.Cli.Commands;

/// <summary>Some verbs work on SealedSecrets and on SOPS files; the file named on the command line decides.</summary>
internal static class TwoFormats
{
    private static readonly string[] Verbs = ["edit", "set", "unset", "view", "diff"];

    /// <summary>Whether the first file after one of these verbs is a SOPS file; a file that <c>edit</c> is to create becomes one.</summary>
    public static bool AreForSops(string[] arguments, CliEnvironment environment)
    {
        if (arguments.Length == 0 || !Verbs.Contains(arguments[0], StringComparer.Ordinal))
        {
            return false;
        }

        foreach (var argument in arguments.Skip(1).Where(argument => !argument.StartsWith('-')))
        {
            var path = environment.PathOf(argument);
            if (File.Exists(path))
            {
                return SopsFile.TryReadMetadata(File.ReadAllBytes(path), SopsFormats.ForPath(path)) is not null;
            }
        }

        return arguments[0] == "edit" && arguments.Length > 1;
    }
}
