using System.Runtime.InteropServices;

namespace SecretsOps.GitOps.Tools.Confining;

/// <summary>The few calls of the C library that start, confine and end a process; numbers are those of every 64-bit Linux.</summary>
internal static partial class Libc
{
    public const nint CreateRuleset = 444;
    public const nint AddRule = 445;
    public const nint RestrictSelf = 446;
    public const uint AskVersion = 1;
    public const int PathBeneath = 1;
    public const int PathOnly = 0x280000; // O_PATH | O_CLOEXEC
    public const int SetNoNewPrivileges = 38;
    public const int GetNoNewPrivileges = 39;
    public const int Kill = 9;

    /// <summary>More than any C library needs for its own structures behind posix_spawn.</summary>
    public const int OpaqueSize = 1024;

    private const string Library = "libc";

    /// <summary>struct landlock_ruleset_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RulesetAttributes
    {
        public const int Size = 24;
        public ulong Files;
        public ulong Network;
        public ulong Scoped;
    }

    /// <summary>struct landlock_path_beneath_attr.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct PathRule
    {
        public ulong Rights;
        public int Place;
    }

    /// <summary>struct rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport(Library, EntryPoint = "syscall")]
    public static partial nint AskLandlock(nint call, nint attributes, nint size, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall")]
    public static partial nint CreateLandlock(nint call, in RulesetAttributes attributes, nint size, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall")]
    public static partial nint AddLandlockRule(nint call, int ruleset, int type, in PathRule rule, uint flags);

    [LibraryImport(Library, EntryPoint = "syscall")]
    public static partial nint PutOnLandlock(nint call, int ruleset, uint flags);

    [LibraryImport(Library, EntryPoint = "prctl")]
    public static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int Spawn(out int id, nint path, nint actions, nint attributes, nint arguments, nint environment);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(nint actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(nint actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(nint actions, int from, int to);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int AddChangeFolder(nint actions, nint path);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(nint attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(nint attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(nint attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(nint attributes, nint signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetBlockedSignals(nint attributes, nint signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static partial int EmptySignals(nint signals);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    public static partial int FillSignals(nint signals);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int id, out int status, int options);

    [LibraryImport(Library, EntryPoint = "kill")]
    public static partial int Signal(int id, int signal);

    [LibraryImport(Library, EntryPoint = "prlimit64")]
    public static partial int Limit(int id, int resource, in ResourceLimit limit, nint before);
}
