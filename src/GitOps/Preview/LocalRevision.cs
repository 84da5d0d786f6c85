using System.Collections.Concurrent;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Preview;

/// <summary>The tree of one commit in a repository of this machine, read from its objects; nothing is checked out.</summary>
internal sealed class LocalRevision : IDisposable
{
    private readonly GitObjectReader _objects;

    private LocalRevision(GitObjectReader objects, GitTree tree) => (_objects, Tree) = (objects, tree);

    public GitTree Tree { get; }

    /// <exception cref="SourceException">The folder is in no repository, or there is no such revision.</exception>
    public static async Task<LocalRevision> OpenAsync(ExternalTool git, string root, string revision, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CONFIG_COUNT"] = "1", ["GIT_CONFIG_KEY_0"] = "safe.directory", ["GIT_CONFIG_VALUE_0"] = "*" };
        var folder = await AskAsync(git, root, ["rev-parse", "--absolute-git-dir"], environment, $"'{root}' is in no Git repository", cancellationToken);
        var commit = await AskAsync(git, root, ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], environment, $"'{root}' has no revision '{revision}': fetch it first", cancellationToken);
        var objects = new GitObjectReader(git, folder, environment);
        var found = (await objects.TryReadAsync([commit], cancellationToken))[0] ?? throw new SourceException($"'{root}': commit {commit} is missing");
        var tree = new GitTree(commit, found.TreeOfCommit, objects, new ConcurrentDictionary<string, GitFolder>(StringComparer.Ordinal));
        await new TreeGuard().CheckAsync(tree, cancellationToken);
        return new LocalRevision(objects, tree);
    }

    public void Dispose() => _objects.Dispose();

    private static async Task<string> AskAsync(ExternalTool git, string root, string[] question, Dictionary<string, string> environment, string problem, CancellationToken cancellationToken)
    {
        var result = await git.RunAsync(new ToolRequest { Arguments = ["-C", root, .. question], Environment = environment }, cancellationToken);
        return result.ExitCode == 0 ? result.Text.Trim() : throw new SourceException(problem);
    }
}
