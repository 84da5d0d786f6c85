using System.Runtime.InteropServices;
using SecretsOps.Sops;

namespace SecretsOps.Cli.Sops;

/// <summary>A user of this machine, for <c>--user</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="UserId">The numeric user.</param>
/// <param name="GroupId">The numeric first group.</param>
/// <param name="Home">The home directory.</param>
internal sealed record UnixAccount(string Name, uint UserId, uint GroupId, string Home)
{
    /// <summary>What sops sets for a command of another user.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = Home, ["USER"] = Name, ["LOGNAME"] = Name };

    /// <summary>Looks a user up.</summary>
    /// <exception cref="SopsException">There is no such user, or this system has no users of the kind.</exception>
    public static UnixAccount Find(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SopsException(SopsExitCode.Generic, "--user is not supported on Windows");
        }

        // struct passwd: name, password, uid, gid, ..., home directory; macOS has two fields more before the last.
        var entry = GetPasswordEntry(name);
        return entry == 0
            ? throw new SopsException(SopsExitCode.Generic, $"user: unknown user {name}")
            : new UnixAccount(
                name,
                (uint)Marshal.ReadInt32(entry, 2 * nint.Size),
                (uint)Marshal.ReadInt32(entry, (2 * nint.Size) + sizeof(uint)),
                Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry, (OperatingSystem.IsMacOS() ? 6 : 4) * nint.Size)) ?? "/");
    }

    /// <summary>Makes this process one of the user, for good.</summary>
    /// <exception cref="SopsException">This process may not.</exception>
    public void Become()
    {
        if (InitializeGroups(Name, GroupId) != 0 || SetGroup(GroupId) != 0 || SetUser(UserId) != 0)
        {
            throw new SopsException(SopsExitCode.Generic, $"cannot become user '{Name}': {Marshal.GetLastPInvokeErrorMessage()}; only root may run commands as somebody else");
        }
    }

    /// <summary>Gives a file to the user.</summary>
    /// <exception cref="SopsException">This process may not.</exception>
    public void TakeOver(string path)
    {
        if (ChangeOwner(path, UserId, GroupId) != 0)
        {
            throw new SopsException(SopsExitCode.Generic, $"cannot give the plaintext to user '{Name}': {Marshal.GetLastPInvokeErrorMessage()}; only root may run commands as somebody else");
        }
    }

    [DllImport("libc", EntryPoint = "getpwnam", SetLastError = true)]
    private static extern nint GetPasswordEntry([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "initgroups", SetLastError = true)]
    private static extern int InitializeGroups([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint groupId);

    [DllImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static extern int SetGroup(uint groupId);

    [DllImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static extern int SetUser(uint userId);

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint userId, uint groupId);
}
