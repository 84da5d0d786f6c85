using System.Net;
using System.Net.Sockets;
using System.Text;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Helm;
using SecretsOps.GitOps.Rendering.Kustomize;
using SecretsOps.GitOps.Rendering.Plugin;
using SecretsOps.GitOps.Tools;
using SecretsOps.GitOps.Tools.Confining;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Rendering;

/// <summary>Acceptance 6: a renderer that tries what is not its own. Each attempt is made without confinement first, so that it is known to work there.</summary>
public sealed class ConfinementTests : IDisposable
{
    private readonly TemporaryDirectory _plugins = new();
    private readonly TemporaryDirectory _programs = new();
    private readonly TemporaryDirectory _others = new();
    private readonly RenderedFolder _folder = new RenderedFolder().With("app/input.txt", "plain");

    public void Dispose()
    {
        _plugins.Dispose();
        _programs.Dispose();
        _others.Dispose();
        _folder.Dispose();
    }

    /// <summary>What a hostile program tries; each line prints what it got, or nothing.</summary>
    public static TheoryData<string, string> Attempts => new()
    {
        { "another tenant's clone", "cat OTHERS/clone/HEAD" },
        { "the names in the data folder", "ls OTHERS" },
        { "a service account's token", "cat OTHERS/serviceaccount/token" },
        { "what another renderer was given in memory", "cat OTHERSHM/tree/secret.yaml" },
        { "the engine's environment", "tr '\\0' '\\n' < /proc/ENGINE/environ | grep ^PATH=" },
        { "the environment through its parent", "tr '\\0' '\\n' < /proc/$PPID/environ | grep ^PATH=" },
        { "the engine's open files", "ls /proc/ENGINE/fd | head -1" },
        { "the engine's memory", "head -c 1 /proc/ENGINE/mem > /dev/null 2>&1; test -r /proc/ENGINE/maps && head -c 10 /proc/ENGINE/maps" },
        { "a signal to the engine", "kill -0 ENGINE && echo sent" },
        { "a file where everybody may write", "echo proof > OTHERS/written && cat OTHERS/written" },
        { "a link out of its own folder", "ln -s OTHERS/clone/HEAD link && cat link" },
        { "root's home", "ls -a $(eval echo ~root) | head -1" },
    };

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task A_plugin_reaches_nothing_but_the_system_and_its_own_source(string what, string attempt)
    {
        using var world = new OtherTenants(_others);
        var command = world.Fill(attempt);
        var free = await new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(new ToolRequest { Arguments = ["-c", command], WorkingDirectory = _programs.Path }, default);
        Assert.True(free.Text.Trim().Length > 0, $"without confinement a program gets {what}: {free.Error}");
        world.Reset();
        Declare($"got=$( ({command}) 2>/dev/null | head -c 100 | tr '\\n\"' '  '); printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {{name: x}}\\ndata: {{got: \"%s\", own: \"%s\"}}\\n' \"$got\" \"$(cat input.txt)\"");

        var rendered = await _folder.RenderAsync(new PluginRenderer(new PluginCatalog(_plugins.Path, Tools), Tools), "app", "plugin: {name: hostile}");

        Assert.Equal("plain", (string?)rendered.Single().Json["data"]!["own"]);
        var got = (string?)rendered.Single().Json["data"]!["got"];
        Assert.True(got is "", $"a plugin got {what}: '{got}'");
        Assert.False(File.Exists(_others.Combine("written")));
    }

    [Theory]
    [InlineData("helm", "cat OTHERS/clone/HEAD")]
    [InlineData("helm", "exec 3<>/dev/tcp/127.0.0.1/PORT && echo connected")]
    [InlineData("kustomize", "cat OTHERS/clone/HEAD")]
    [InlineData("kustomize", "exec 3<>/dev/tcp/127.0.0.1/PORT && echo connected")]
    public async Task Helm_and_kustomize_reach_neither_other_files_nor_a_network(string program, string attempt)
    {
        using var world = new OtherTenants(_others);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var command = world.Fill(attempt).Replace("PORT", $"{((IPEndPoint)listener.LocalEndpoint).Port}", StringComparison.Ordinal);
        var free = await new ExternalTool("/bin/bash", TimeProvider.System).RunAsync(new ToolRequest { Arguments = ["-c", command] }, default);
        Assert.True(free.Text.Trim().Length > 0, free.Error);
        _programs.WriteProgram(program, $"#!/bin/bash\ngot=$( ({command}) 2>/dev/null)\necho \"apiVersion: v1\"\necho \"kind: ConfigMap\"\necho \"metadata: {{name: x}}\"\necho \"data: {{got: '$got'}}\"\n");
        _folder.With("app/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0").With("app/kustomization.yaml", "resources: []\n");

        IRenderer renderer = program == "helm" ? new HelmRenderer(Tools, RenderedFolder.Charts) : new KustomizeRenderer(Tools);
        var rendered = await _folder.RenderAsync(renderer, "app");

        Assert.Equal("", (string?)rendered.Single().Json["data"]!["got"]);
    }

    [Fact]
    public async Task A_plugin_may_connect_and_read_what_its_declaration_was_granted()
    {
        using var world = new OtherTenants(_others);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Declare(
            $"exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port} && printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {{name: x}}\\ndata: {{got: \"%s\"}}\\n' \"$(cat {_others.Combine("serviceaccount", "token")})\"",
            annotations: $"annotations: {{secretsops.io/may-read: \"{_others.Combine("serviceaccount")}\"}}");

        var rendered = await _folder.RenderAsync(new PluginRenderer(new PluginCatalog(_plugins.Path, Tools), Tools), "app", "plugin: {name: hostile}");

        Assert.Equal("canary-token", (string?)rendered.Single().Json["data"]!["got"]);
    }

    [Fact]
    public async Task Every_version_of_Landlock_that_the_kernel_knows_confines()
    {
        Assert.True(Landlock.Version > 0, "this kernel has no Landlock: renderers cannot be confined here");
        using var world = new OtherTenants(_others);
        for (var version = 1; version <= Landlock.Version; version++)
        {
            var request = new ToolRequest { Arguments = ["-c", world.Fill("cat OTHERS/clone/HEAD; echo ran")], Confinement = new Confinement { LandlockVersion = version } };

            var result = await new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(request, default);

            Assert.Equal("ran", result.Text.Trim());
            Assert.Contains("ermission denied", result.Error);
        }
    }

    [Fact]
    public async Task Without_Landlock_programs_still_run()
    {
        var request = new ToolRequest { Arguments = ["-c", "echo ran"], Confinement = new Confinement { LandlockVersion = 0 } };

        Assert.Equal("ran", (await new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(request, default)).Text.Trim());
    }

    [Fact]
    public async Task A_thread_that_confined_a_program_leaves_this_process_as_it_was()
    {
        var secret = _others.Write("mine", "still readable");
        for (var i = 0; i < 50; i++)
        {
            await new ExternalTool("/bin/true", TimeProvider.System).RunAsync(new ToolRequest { Arguments = [], Confinement = new Confinement() }, default);
        }

        var read = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => File.ReadAllText(secret))));

        Assert.All(read, text => Assert.Equal("still readable", text));
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.EnumerateDirectories("/proc/self/task").Any(IsConfined)), "no thread stays confined"); // other tests may just be starting a program
    }

    private static bool IsConfined(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "status")).Contains("NoNewPrivs:\t1", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has ended meanwhile
        }
    }

    [Fact]
    public async Task A_renderer_that_prints_without_end_is_killed_when_it_has_printed_too_much()
    {
        var endless = new ToolRequest { Arguments = ["-c", "cat /dev/zero"], Confinement = new Confinement(), OutputLimit = 2 * 1024 * 1024 };

        var failed = await Assert.ThrowsAsync<ToolException>(() => new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(endless, default));

        Assert.Contains("printed more than 2 MiB and was killed", failed.Message);
    }

    [Theory]
    [InlineData(ToolRequest.RendererMemory)]
    [InlineData(0)] // no shell in between: the limit holds from just after the start, and the script waits for its input
    public async Task A_renderer_cannot_fill_memory_with_a_file(long memoryLimit)
    {
        var own = Directory.CreateDirectory("/dev/shm/secretsops-test-" + Guid.NewGuid().ToString("n")).FullName;
        try
        {
            var greedy = new ToolRequest
            {
                Arguments = ["-c", "read go; head -c 300000000 /dev/zero > big; ls -l big"],
                StandardInput = "go\n"u8.ToArray(),
                WorkingDirectory = own,
                MemoryLimit = memoryLimit,
                Confinement = new Confinement { Own = [own] },
            };

            await new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(greedy, default);

            Assert.Equal(256 * 1024 * 1024, new FileInfo(Path.Combine(own, "big")).Length);
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private ToolBox Tools => new($"{_programs.Path}:/usr/bin:/bin", TimeProvider.System);

    private void Declare(string script, string annotations = "")
    {
        _plugins.Write("hostile/generate.sh", script);
        _plugins.Write("hostile/plugin.yaml", $"""
            apiVersion: argoproj.io/v1alpha1
            kind: ConfigManagementPlugin
            metadata:
              name: hostile
              {annotations}
            spec:
              generate:
                command: [bash, {_plugins.Combine("hostile", "generate.sh")}]
            """);
    }

    /// <summary>What lies around in an engine's world: another tenant's clone, a token, a rendering under way.</summary>
    private sealed class OtherTenants : IDisposable
    {
        private readonly TemporaryDirectory _folder;
        private readonly string _rendering = Directory.CreateDirectory("/dev/shm/secretsops-test-" + Guid.NewGuid().ToString("n")).FullName;

        public OtherTenants(TemporaryDirectory folder)
        {
            _folder = folder;
            folder.Write("clone/HEAD", "canary-clone");
            folder.Write("serviceaccount/token", "canary-token");
            Directory.CreateDirectory(Path.Combine(_rendering, "tree"));
            File.WriteAllText(Path.Combine(_rendering, "tree", "secret.yaml"), "canary-rendering", Encoding.UTF8);
        }

        public string Fill(string attempt) => attempt.Replace("OTHERSHM", _rendering, StringComparison.Ordinal).Replace("OTHERS", _folder.Path, StringComparison.Ordinal).Replace("ENGINE/", $"{Environment.ProcessId}/", StringComparison.Ordinal).Replace("-0 ENGINE", $"-0 {Environment.ProcessId}", StringComparison.Ordinal);

        public void Reset() => File.Delete(_folder.Combine("written"));

        public void Dispose() => Directory.Delete(_rendering, recursive: true);
    }
}
