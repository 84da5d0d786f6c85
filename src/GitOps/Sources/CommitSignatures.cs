using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>Checks with the real gpg who signed a commit: only keys that a project trusts and that <c>argocd-gpg-keys-cm</c> holds count.</summary>
internal sealed class CommitSignatures(RepositoryStore repositories, ToolBox tools)
{
    private const int MostCommits = 1000;
    private const string Status = "[GNUPG:] ";

    private static readonly string[] Spoiled = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"];

    private readonly ConcurrentDictionary<(string Url, string Commit, string Keys), bool> _verified = new();
    private volatile IReadOnlyDictionary<string, string> _armored = new Dictionary<string, string>();

    /// <summary>Takes the public keys there are now, armored, by id.</summary>
    public void Replace(JsonObject keys)
    {
        _armored = keys.ToDictionary(entry => entry.Key.ToUpperInvariant(), entry => entry.Value?.ToString() ?? "", StringComparer.Ordinal);
        _verified.Clear();
    }

    /// <summary>Checks every commit that a project's policy asks about; charts and artifacts have no commits.</summary>
    /// <param name="project">The project, whose policy counts.</param>
    /// <param name="sources">The sources, in order.</param>
    /// <param name="commits">The commit of each.</param>
    /// <param name="synced">The commits of the last sync, from which a strict policy counts; may be fewer.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="SourceException">A commit is not signed as the policy demands; nothing may be rendered from it.</exception>
    public async Task CheckAsync(ProjectRules project, IReadOnlyList<ApplicationSource> sources, IReadOnlyList<string> commits, IReadOnlyList<string> synced, CancellationToken cancellationToken)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var source = sources[i];
            if (Charts.ChartStore.Serves(source.RepoUrl, source.Chart) || project.SignaturesFor(source.RepoUrl) is not { } policy)
            {
                continue;
            }

            var since = policy.IsStrict && i < synced.Count ? synced[i] : "";
            await CheckAsync(source, commits[i], since, policy, cancellationToken);
        }
    }

    private async Task CheckAsync(ApplicationSource source, string commit, string since, SignaturePolicy policy, CancellationToken cancellationToken)
    {
        var keys = string.Join(',', policy.Keys.Order(StringComparer.Ordinal));
        var all = since.Length == 0 || since == commit ? [commit] : await repositories.CommitsBetweenAsync(source.RepoUrl, source.Project, since, commit, MostCommits, cancellationToken);
        var unknown = all.Where(each => !_verified.ContainsKey((source.RepoUrl, each, keys))).ToList();
        if (unknown.Count > 0)
        {
            await VerifyAsync(source, unknown, policy, keys, cancellationToken);
        }

        if (all.FirstOrDefault(each => !_verified.GetValueOrDefault((source.RepoUrl, each, keys))) is { } unsigned)
        {
            throw new SourceException($"commit {unsigned} of '{RepositoryUrl.Redact(source.RepoUrl)}' is not signed by a key that the project trusts ({(keys.Length == 0 ? "it names none" : keys)}): sign it, or add the signer's key to the project and to the ConfigMap argocd-gpg-keys-cm");
        }
    }

    private async Task VerifyAsync(ApplicationSource source, List<string> commits, SignaturePolicy policy, string keys, CancellationToken cancellationToken)
    {
        using var home = new MemoryFolder("gpg");
        await ImportAsync(home, policy, cancellationToken);
        foreach (var commit in commits)
        {
            var told = await repositories.VerifyAsync(source.RepoUrl, source.Project, commit, home.Path, cancellationToken);
            _verified[(source.RepoUrl, commit, keys)] = IsSigned(told, policy);
        }
    }

    private async Task ImportAsync(MemoryFolder home, SignaturePolicy policy, CancellationToken cancellationToken)
    {
        var gpg = tools.TryGet("gpg") ?? throw new SourceException("the project demands signed commits, and the program 'gpg' is in no folder of PATH: install gnupg");
        var trusted = _armored.Where(entry => policy.Keys.Any(id => Matches(entry.Key, id))).Select(entry => entry.Value);
        await gpg.RunAsync(
            new ToolRequest
            {
                Arguments = ["--homedir", home.Path, "--batch", "--quiet", "--no-autostart", "--import"],
                StandardInput = Encoding.UTF8.GetBytes(string.Join('\n', trusted)),
                TimeLimit = TimeSpan.FromSeconds(20),
            },
            cancellationToken);
    }

    // GnuPG's DETAILS: VALIDSIG names the key's fingerprint first and the primary key's last.
    private static bool IsSigned(string told, SignaturePolicy policy)
    {
        var lines = told.Split('\n').Where(line => line.StartsWith(Status, StringComparison.Ordinal)).Select(line => line[Status.Length..].Trim().Split(' ')).ToList();
        return !lines.Any(words => Spoiled.Contains(words[0]))
            && lines.Any(words => words[0] == "GOODSIG")
            && lines.Any(words => words[0] == "VALIDSIG" && words.Length > 1 && policy.Keys.Any(id => Matches(words[1], id) || Matches(words[^1], id)));
    }

    // An id is the end of a fingerprint; ids shorter than 16 digits are easily forged and count for nothing.
    private static bool Matches(string fingerprint, string id) =>
        id.Length >= 16 && (fingerprint.EndsWith(id, StringComparison.OrdinalIgnoreCase) || (fingerprint.Length >= 16 && id.EndsWith(fingerprint, StringComparison.OrdinalIgnoreCase)));
}
