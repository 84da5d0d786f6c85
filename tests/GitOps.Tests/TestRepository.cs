using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests;

/// <summary>A real Git repository in a temporary directory, with a work tree to commit from.</summary>
internal sealed class TestRepository : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public TestRepository() => Git("init", "--quiet", "--initial-branch=main", ".");

    public string Path => _folder.Path;

    public string Url => $"file://{_folder.Path}";

    public string Commit(params (string Path, string? Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            if (content is null)
            {
                Git("rm", "--quiet", "-r", path);
            }
            else
            {
                _folder.Write(path, content);
            }
        }

        return CommitAll();
    }

    public string CommitAll()
    {
        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--allow-empty", "-m", "change");
        return Head();
    }

    public string Head() => Git("rev-parse", "HEAD").Trim();

    public void Link(string path, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_folder.Combine(path))!);
        File.CreateSymbolicLink(_folder.Combine(path), target);
    }

    public string Git(params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_NOSYSTEM"] = "1" };
        return ExternalProgram.Run(ExternalPrograms.Git, ["-C", _folder.Path, .. arguments], new RunOptions { Environment = environment }).ShouldSucceed().StandardOutput;
    }

    public void Dispose() => _folder.Dispose();
}
