using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>The command line of old: <c>-e</c>, <c>-d</c>, <c>-r</c>, <c>--set</c>, and a bare file name to edit it.</summary>
internal static class LegacyMode
{
    private static readonly string[] Modes = ["encrypt", "decrypt", "rotate", "set"];

    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        if (arguments.Positional.Count == 0)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: no file specified");
        }

        string[] given = [.. Modes.Where(mode => mode == "set" ? arguments.Text(mode).Length > 0 : arguments.Flag(mode))];
        var chosen = given.LastOrDefault() ?? "edit";
        CheckFile(session, chosen);
        if (given.Length > 1)
        {
            session.Warn("More than one command (--encrypt, --decrypt, --rotate, --set) has been specified. Only the changes made by the last one will be visible. Note that this behavior is deprecated and will cause an error eventually.");
        }

        if (given is not ["decrypt"])
        {
            // Compatibility: only a bare -d goes on where the configuration is broken or has no rule for the file.
            var name = arguments.Text("filename-override") is { Length: > 0 } other ? other : arguments.Positional[0];
            var path = session.Environment.PathOf(name);
            session.ConfigFor(path)?.RuleFor(path);
        }

        return chosen switch
        {
            "encrypt" => EncryptMode.RunAsync(session, cancellationToken),
            "decrypt" => DecryptMode.RunAsync(session, cancellationToken),
            "rotate" => RotateMode.RunAsync(session, cancellationToken),
            "set" => SetMode.RunLegacyAsync(session, cancellationToken),
            _ => EditMode.RunAsync(session, cancellationToken),
        };
    }

    private static void CheckFile(SopsSession session, string mode)
    {
        var arguments = session.Arguments;
        var path = session.Environment.PathOf(arguments.Positional[0]);
        if (arguments.Flag("in-place") && arguments.Text("output").Length > 0)
        {
            throw new SopsException(SopsExitCode.ConflictingParameters, "Error: cannot operate on both --output and --in-place");
        }

        if (Path.Exists(path))
        {
            return;
        }

        if (SopsFlags.KeyChanges.Any(flag => arguments.Text(flag.Name).Length > 0))
        {
            throw new SopsException(
                SopsExitCode.KeysOnMissingFile, $"Error: cannot add or remove keys on non-existent file \"{path}\", use `--kms` and `--pgp` instead.");
        }

        if (mode is "encrypt" or "decrypt" or "rotate")
        {
            throw new SopsException(SopsExitCode.NoFile, $"Error: cannot operate on non-existent file \"{path}\"");
        }
    }
}
