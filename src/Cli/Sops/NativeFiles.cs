using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Sops;

/// <summary>The calls of the C library that .NET does not offer: making a FIFO, sending a signal, and putting another program in our place.</summary>
internal static class NativeFiles
{
    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    public static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int processId, int signal);

    /// <summary>Puts another program in the place of this process; comes back only when that fails.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments, its name first, a null last.</param>
    /// <param name="variables"><c>NAME=value</c>, a null last.</param>
    [DllImport("libc", EntryPoint = "execve", SetLastError = true)]
    public static extern int Execute(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] variables);

    /// <summary>Sets a signal's handler; 0 is the default one. .NET ignores SIGPIPE, and a program put in our place would go on to.</summary>
    [DllImport("libc", EntryPoint = "signal")]
    public static extern nint SetSignalHandler(int signal, nint handler);
}
