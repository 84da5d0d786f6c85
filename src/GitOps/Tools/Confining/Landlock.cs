using Microsoft.Win32.SafeHandles;

namespace SecretsOps.GitOps.Tools.Confining;

/// <summary>Rule sets of Linux's Landlock (since 5.13; <c>Documentation/userspace-api/landlock.rst</c>): what is not allowed is refused, to a process and to all that it starts.</summary>
internal static class Landlock
{
    private const ulong Execute = 1 << 0;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong OfFirstVersion = (1 << 13) - 1;
    private const ulong Refer = 1 << 13; // version 2: rename and link between folders
    private const ulong Truncate = 1 << 14; // version 3
    private const ulong IoctlOfDevices = 1 << 15; // version 5
    private const ulong BindTcp = 1 << 0; // version 4, of the network
    private const ulong ConnectTcp = 1 << 1;
    private const ulong AbstractSockets = 1 << 0; // version 6, of what is out of scope
    private const ulong Signals = 1 << 1;
    private const ulong OfFiles = Execute | (1 << 1) | ReadFile | Truncate | IoctlOfDevices; // what can be said of anything but a folder
    private const ulong Reading = Execute | ReadFile | ReadFolder;

    // No /etc as a whole, no /proc of others, no /run, /var, /home, /tmp, /sys: keys, tokens and clones lie there.
    private static readonly string[] System =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
        "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/os-release",
        "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust", "/etc/ca-certificates", "/etc/crypto-policies",
        "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/passwd", "/etc/group",
        "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/filesystems", "/proc/version", "/proc/sys",
    ];

    private static readonly string[] Devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

    /// <summary>The newest version that this kernel has; 0 when it has none, or keeps it from us.</summary>
    public static int Version { get; } = OperatingSystem.IsLinux() ? Math.Max(0, (int)Libc.AskLandlock(Libc.CreateRuleset, 0, 0, Libc.AskVersion)) : 0;

    /// <summary>A rule set that a thread can put on.</summary>
    /// <exception cref="ToolException">The kernel refuses it: nothing may run as if it were confined.</exception>
    public static SafeFileHandle Build(Confinement confinement)
    {
        var version = confinement.LandlockVersion;
        var handled = OfFirstVersion | (version >= 2 ? Refer : 0) | (version >= 3 ? Truncate : 0) | (version >= 5 ? IoctlOfDevices : 0);
        var attributes = new Libc.RulesetAttributes
        {
            Files = handled,
            Network = version >= 4 ? BindTcp | (confinement.MayConnect ? 0 : ConnectTcp) : 0,
            Scoped = version >= 6 ? AbstractSockets | Signals : 0,
        };
        var ruleset = new SafeFileHandle((nint)Libc.CreateLandlock(Libc.CreateRuleset, in attributes, Libc.RulesetAttributes.Size, 0), ownsHandle: true);
        if (ruleset.IsInvalid)
        {
            throw new ToolException("the kernel refuses a Landlock rule set, without which no renderer is started");
        }

        Allow(ruleset, System.Concat(confinement.Readable), Reading & handled);
        Allow(ruleset, Devices, (ReadFile | (1 << 1)) & handled);
        Allow(ruleset, confinement.Own, handled & ~IoctlOfDevices);
        return ruleset;
    }

    private static void Allow(SafeFileHandle ruleset, IEnumerable<string> paths, ulong rights)
    {
        foreach (var path in paths)
        {
            using var place = new SafeFileHandle(Libc.Open(path, Libc.PathOnly), ownsHandle: true);
            if (place.IsInvalid)
            {
                continue; // what is not there needs no permission
            }

            var rule = new Libc.PathRule { Rights = Directory.Exists(path) ? rights : rights & OfFiles, Place = (int)place.DangerousGetHandle() };
            if (Libc.AddLandlockRule(Libc.AddRule, (int)ruleset.DangerousGetHandle(), Libc.PathBeneath, in rule, 0) != 0)
            {
                throw new ToolException($"the kernel refuses a Landlock rule for '{path}', without which no renderer is started");
            }
        }
    }
}
