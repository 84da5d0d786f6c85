using System.Text;
using SecretsOps.GitOps.ApplicationSets;

namespace SecretsOps.GitOps.Tests.ApplicationSets;

/// <summary>Clusters and one repository, given by the test.</summary>
internal sealed class GivenInputs : IApplicationSetInputs
{
    public List<KnownCluster> Clusters { get; } = [new() { Name = "in-cluster", Server = "https://kubernetes.default.svc", HasSecret = false }];

    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<KnownCluster>> ClustersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<KnownCluster>>(Clusters);

    public Task<IReadOnlyList<string>> ListFilesAsync(string repoUrl, string revision, CancellationToken cancellationToken) =>
        Files.Count > 0
            ? Task.FromResult<IReadOnlyList<string>>([.. Files.Keys])
            : throw new ApplicationSetException($"{repoUrl}: cannot be read.");

    public Task<ReadOnlyMemory<byte>> ReadFileAsync(string repoUrl, string revision, string path, CancellationToken cancellationToken) =>
        Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(Files[path]));
}
