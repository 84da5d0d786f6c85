using System.Diagnostics;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Benchmarks.GitOps;

/// <summary>The published controller with only its sync engine at work.</summary>
internal sealed class EngineProcess : MeasuredProcess
{
    private EngineProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts it against a cluster; its clones and temporary files go to a folder.</summary>
    public static EngineProcess Start(TestCluster cluster, string ownNamespace, string folder)
    {
        string[] arguments =
        [
            "run", "--kubeconfig", cluster.KubeconfigPath, "--namespace", ownNamespace, "--applications-namespace", ownNamespace, "--sealing=false", "--sync-engine=true", "--sops-secrets=false",
            "--listen-addr", $"127.0.0.1:{FreePort()}", "--listen-metrics-addr", $"127.0.0.1:{FreePort()}", "--key-renew-period=0", "--leader-elect=false", "--log-level=ERROR",
        ];
        var start = new ProcessStartInfo(RepositoryRoot.Combine("dist", "secretsops-controller"), arguments);
        start.Environment["PATH"] = $"{Path.GetDirectoryName(ExternalPrograms.Git)}:/usr/bin:/bin";
        start.Environment["XDG_CACHE_HOME"] = folder;
        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        return new EngineProcess(start);
    }
}
