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
    /// <param name="arguments">Its arguments, its name first.</param>
    /// <param name="variables">Its environment, <c>NAME=value</c>.</param>
    public static void Execute(string path, IEnumerable<string> arguments, IEnumerable<string> variables) =>
        _ = Execute(path, Pointers(arguments), Pointers(variables));

    /// <summary>Sets a signal's handler; 0 is the default one. .NET ignores SIGPIPE, and a program put in our place would go on to.</summary>
    [DllImport("libc", EntryPoint = "signal")]
    public static extern nint SetSignalHandler(int signal, nint handler);

    [DllImport("libc", EntryPoint = "execve", SetLastError = true)]
    private static extern int Execute([MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint[] arguments, nint[] variables);

    // Never freed: either this process is gone, or it ends with an error.
    private static nint[] Pointers(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
