using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>What real kustomize and real helm make of deploy/.</summary>
internal sealed class Rendered
{
    private readonly string _text;

    private Rendered(string text)
    {
        _text = text;
        Objects = ManifestReader.Read(Encoding.UTF8.GetBytes(text), "deploy");
    }

    public IReadOnlyList<KubernetesObject> Objects { get; }

    /// <summary>The Pod that the Deployment makes.</summary>
    public JsonObject Pod => (JsonObject)Deployment.Json["spec"]!["template"]!["spec"]!;

    public KubernetesObject Deployment => One("Deployment", "sealed-secrets-controller");

    public JsonObject Container => (JsonObject)Pod["containers"]![0]!;

    public string[] Arguments => [.. ((JsonArray)Container["args"]!).Select(argument => argument!.ToString())];

    private static string Kubectl => ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl);

    /// <summary>Renders <c>deploy/kustomize/PATH</c> as <c>kubectl apply -k</c> does: no load restriction is lifted.</summary>
    public static Rendered Kustomize(string path) =>
        new(ExternalProgram.Run(Kubectl, ["kustomize", RepositoryRoot.Combine("deploy", "kustomize", path)]).ShouldSucceed().StandardOutput);

    /// <summary>Renders the chart with <c>--set</c> arguments.</summary>
    public static Rendered Helm(params string[] values) => new(TryHelm(values).ShouldSucceed().StandardOutput);

    public static ProgramResult TryHelm(params string[] values) => ExternalProgram.Run(
        ExternalPrograms.Helm,
        ["template", "release", RepositoryRoot.Combine("deploy", "helm", "secretsops"), "--namespace", "kube-system", "--include-crds", .. values.SelectMany(value => new[] { "--set", value })]);

    /// <summary>The same with another namespace for the controller.</summary>
    public Rendered In(string @namespace) => new(_text.Replace("kube-system", @namespace, StringComparison.Ordinal));

    public KubernetesObject One(string kind, string name) =>
        Objects.Single(candidate => candidate.Kind == kind && candidate.Name == name);

    public IEnumerable<KubernetesObject> Of(string kind) => Objects.Where(candidate => candidate.Kind == kind);

    /// <summary>Applies everything as the server's side does it, for real or for show.</summary>
    public async Task ApplyAsync(TestCluster cluster, string dryRun = "none")
    {
        var options = new RunOptions { StandardInput = Encoding.UTF8.GetBytes(_text) };
        string[] arguments = ["--kubeconfig", cluster.KubeconfigPath, "apply", "--server-side", "--force-conflicts", $"--dry-run={dryRun}", "-f", "-"];
        (await ExternalProgram.RunAsync(Kubectl, arguments, options)).ShouldSucceed();
    }
}
