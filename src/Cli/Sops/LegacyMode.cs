using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>The command line of old: <c>-e</c>, <c>-d</c>, <c>-r</c>, <c>--set</c>, and a bare file name to edit it.</summary>
internal static class LegacyMode
{
    public static Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var arguments = session.Arguments;
        string[] modes = ["encrypt", "decrypt", "rotate", "set"];
        string[] given = [.. modes.Where(arguments.Has)];
        if (given.Length > 1)
        {
            session.Warn($"More than one command (--{string.Join(", --", given)}) has been specified. Only the last one will be used! This is deprecated and will cause an error in a future version");
        }

        if (arguments.Positional.Count == 0)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: no file specified");
        }

        return given.LastOrDefault() switch
        {
            "encrypt" => EncryptMode.RunAsync(session, cancellationToken),
            "decrypt" => DecryptMode.RunAsync(session, cancellationToken),
            "rotate" => RotateMode.RunAsync(session, cancellationToken),
            "set" => SetMode.RunLegacyAsync(session, cancellationToken),
            _ => EditMode.RunAsync(session, cancellationToken),
        };
    }
}
