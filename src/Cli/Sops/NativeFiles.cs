using System.Runtime.InteropServices;

namespace SecretsOps.Cli.Sops;

/// <summary>The two calls of the C library that .NET does not offer: making a FIFO, and sending a signal.</summary>
internal static class NativeFiles
{
    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    public static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int processId, int signal);
}
