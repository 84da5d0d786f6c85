namespace SecretsOps.Controller.Hosting;

/// <summary>What the process tells its parent (docs/reference/controller-flags.md).</summary>
internal static class ExitCodes
{
    /// <summary>Stopped because it was asked to.</summary>
    public const int Success = 0;

    /// <summary>Failed; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>The data directory is in use by another process, or cannot be used.</summary>
    public const int DataDirectory = 3;

    /// <summary>A port is taken.</summary>
    public const int PortTaken = 4;
}
