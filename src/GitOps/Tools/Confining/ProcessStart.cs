using System.Runtime.InteropServices;

namespace SecretsOps.GitOps.Tools.Confining;

/// <summary>Starts a program with nothing of ours but three pipes: its own session, no inherited signals, and a Landlock domain where it is confined.</summary>
/// <remarks>
/// Landlock is put on a thread, is inherited by what the thread starts, and cannot be taken off. So a thread is made for it, which does nothing but
/// start the program and ends: anything else it did (a thread of the runtime's pool made on it, say) would stay confined too.
/// </remarks>
internal sealed class ProcessStart : IDisposable
{
    private const short Flags = 0x04 | 0x08 | 0x80; // POSIX_SPAWN_SETSIGDEF, _SETSIGMASK, _SETSID
    private const int NoSuchFile = 2;

    private readonly List<nint> _allocated = [];
    private readonly nint _actions;
    private readonly nint _attributes;

    // Every call is made once before it is made on a confined thread, where the library could not be looked up any more.
    static ProcessStart()
    {
        _ = Libc.Control(Libc.GetNoNewPrivileges, 0, 0, 0, 0);
        _ = Libc.PutOnLandlock(Libc.RestrictSelf, -1, 0);
        var nothing = Marshal.AllocCoTaskMem(nint.Size); // an empty name, and an empty list
        Marshal.WriteIntPtr(nothing, 0);
        _ = Libc.Spawn(out _, nothing, 0, 0, nothing, nothing);
        Marshal.FreeCoTaskMem(nothing);
    }

    public ProcessStart(SafeHandle input, SafeHandle output, SafeHandle error, string folder)
    {
        _actions = Opaque(Libc.InitActions);
        _attributes = Opaque(Libc.InitAttributes);
        foreach (var (handle, number) in new[] { (input, 0), (output, 1), (error, 2) })
        {
            Check(Libc.AddDuplicate(_actions, (int)handle.DangerousGetHandle(), number));
        }

        Check(Libc.AddChangeFolder(_actions, Text(folder)));
        var none = Opaque(Libc.EmptySignals);
        var all = Opaque(Libc.FillSignals);
        Check(Libc.SetFlags(_attributes, Flags));
        Check(Libc.SetBlockedSignals(_attributes, none));
        Check(Libc.SetDefaultSignals(_attributes, all));
    }

    /// <summary>Gives the id of the process, which leads a session and a group of its own.</summary>
    /// <exception cref="ToolException">It could not be started, or not be confined.</exception>
    public int Run(string path, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, Confinement? confinement)
    {
        var program = Text(path);
        var words = Texts([path, .. arguments]);
        var variables = Texts(environment.Select(variable => $"{variable.Key}={variable.Value}"));
        var id = 0;
        var problem = 0;
        if (confinement is null or { LandlockVersion: 0 })
        {
            problem = Libc.Spawn(out id, program, _actions, _attributes, words, variables);
        }
        else
        {
            using var ruleset = Landlock.Build(confinement);
            problem = RunConfined((int)ruleset.DangerousGetHandle(), program, words, variables, out id);
        }

        return problem == 0 ? id : throw new ToolException(problem == NoSuchFile
            ? $"{path} could not be started: it, its interpreter or its working directory does not exist"
            : $"{path} could not be started: {Marshal.GetPInvokeErrorMessage(problem)}");
    }

    public void Dispose()
    {
        _ = Libc.DestroyActions(_actions);
        _ = Libc.DestroyAttributes(_attributes);
        _allocated.ForEach(Marshal.FreeCoTaskMem);
    }

    private int RunConfined(int ruleset, nint program, nint words, nint variables, out int id)
    {
        var started = 0;
        var problem = -1;
        var isConfined = false;
        var thread = new Thread(
            () =>
            {
                isConfined = Libc.Control(Libc.SetNoNewPrivileges, 1, 0, 0, 0) == 0 && Libc.PutOnLandlock(Libc.RestrictSelf, ruleset, 0) == 0;
                problem = isConfined ? Libc.Spawn(out started, program, _actions, _attributes, words, variables) : problem;
            },
            maxStackSize: 256 * 1024);
        thread.UnsafeStart();
        thread.Join();
        id = started;
        return isConfined ? problem : throw new ToolException("the kernel refuses to confine a renderer by Landlock, without which none is started");
    }

    private static void Check(int problem)
    {
        if (problem != 0)
        {
            throw new ToolException($"no program can be started: {Marshal.GetPInvokeErrorMessage(problem)}");
        }
    }

    private nint Opaque(Func<nint, int> init)
    {
        var memory = Marshal.AllocCoTaskMem(Libc.OpaqueSize);
        _allocated.Add(memory);
        Check(init(memory));
        return memory;
    }

    private nint Text(string text)
    {
        var memory = Marshal.StringToCoTaskMemUTF8(text);
        _allocated.Add(memory);
        return memory;
    }

    private nint Texts(IEnumerable<string> texts)
    {
        nint[] pointers = [.. texts.Select(Text), 0];
        var memory = Marshal.AllocCoTaskMem(pointers.Length * nint.Size);
        _allocated.Add(memory);
        Marshal.Copy(pointers, 0, memory, pointers.Length);
        return memory;
    }
}
