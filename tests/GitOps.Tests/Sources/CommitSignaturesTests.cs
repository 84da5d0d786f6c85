using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Sources;

/// <summary>Commits signed by the real gpg with keys of a test's own.</summary>
public sealed class CommitSignaturesTests : IDisposable
{
    private readonly TestRepository _remote = new();
    private readonly TemporaryDirectory _cache = new();
    private readonly TemporaryDirectory _home = new();
    private readonly RepositoryStore _store;
    private readonly CommitSignatures _signatures;
    private readonly string _trusted;

    public CommitSignaturesTests()
    {
        var tools = new ToolBox(string.Join(':', new[] { ExternalPrograms.Git, ExternalPrograms.Gpg }.Select(Path.GetDirectoryName).Distinct()), TimeProvider.System);
        _store = new RepositoryStore(tools, _cache.Path, (url, _) => RepositoryAccess.Anonymous(url), TimeProvider.System);
        _signatures = new CommitSignatures(_store, tools);
        _trusted = MakeKey("trusted");
        _signatures.Replace(new JsonObject { [_trusted] = Gpg("--armor", "--export", _trusted) });
    }

    [Fact]
    public async Task J09_a_commit_counts_when_a_trusted_key_signed_it()
    {
        var signed = Commit("one", _trusted);

        await CheckAsync(Keys(_trusted), signed);
        await CheckAsync(Keys(_trusted[^16..]), signed);
        await CheckAsync([], signed);
    }

    [Fact]
    public async Task J09_unsigned_and_foreign_commits_are_refused()
    {
        var stranger = MakeKey("stranger");

        foreach (var commit in new[] { Commit("plain", null), Commit("foreign", stranger) })
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() => CheckAsync(Keys(_trusted), commit));
            Assert.Contains(commit, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_short_id_and_a_key_that_is_not_configured_trust_nobody()
    {
        var signed = Commit("one", _trusted);

        await Assert.ThrowsAsync<SourceException>(() => CheckAsync(Keys(_trusted[^8..]), signed));
        _signatures.Replace([]);
        await Assert.ThrowsAsync<SourceException>(() => CheckAsync(Keys(_trusted), signed));
    }

    [Fact]
    public async Task J09_strict_looks_at_every_commit_since_the_last_sync()
    {
        var synced = Commit("one", _trusted);
        Commit("unsigned", null);
        var newest = Commit("two", _trusted);

        await CheckAsync(Policy("head"), newest, synced);
        await CheckAsync(Policy("none"), newest, synced);
        await Assert.ThrowsAsync<SourceException>(() => CheckAsync(Policy("strict"), newest, synced));
    }

    public void Dispose()
    {
        ExternalProgram.Run("/usr/bin/gpgconf", ["--homedir", _home.Path, "--kill", "all"]);
        _store.Dispose();
        _remote.Dispose();
        _cache.Dispose();
        _home.Dispose();
    }

    private static JsonObject Keys(string id) => new() { ["signatureKeys"] = new JsonArray((JsonNode)new JsonObject { ["keyID"] = id }) };

    private JsonObject Policy(string mode) => new()
    {
        ["sourceIntegrity"] = new JsonObject
        {
            ["git"] = new JsonObject
            {
                ["policies"] = new JsonArray((JsonNode)new JsonObject
                {
                    ["repos"] = new JsonArray((JsonNode)new JsonObject { ["url"] = "*" }),
                    ["gpg"] = new JsonObject { ["mode"] = mode, ["keys"] = new JsonArray((JsonNode)_trusted) },
                }),
            },
        },
    };

    private string Gpg(params string[] arguments) =>
        ExternalProgram.Run(ExternalPrograms.Gpg, ["--homedir", _home.Path, "--batch", "--quiet", .. arguments]).ShouldSucceed().StandardOutput;

    private string MakeKey(string name)
    {
        Gpg("--passphrase", "", "--quick-generate-key", $"{name} <{name}@example.org>", "ed25519", "sign", "never");
        return Gpg("--with-colons", "--list-keys", name).Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
    }

    private string Commit(string content, string? key)
    {
        File.WriteAllText(Path.Combine(_remote.Path, "a.yaml"), content);
        _remote.Git("add", "--all");
        var program = _home.WriteProgram("gpg", $"#!/bin/sh\nexec '{ExternalPrograms.Gpg}' --homedir '{_home.Path}' \"$@\"\n");
        string[] signing = key is null ? ["--no-gpg-sign"] : [$"--gpg-sign={key}"];
        _remote.Git(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", $"gpg.program={program}", "commit", "--quiet", "-m", content, .. signing]);
        return _remote.Head();
    }

    private Task CheckAsync(JsonObject project, string commit, string synced = "")
    {
        var source = new ApplicationSource(new JsonObject { ["repoURL"] = _remote.Url, ["path"] = "." });
        return _signatures.CheckAsync(new ProjectRules("p", project), [source], [commit], synced.Length == 0 ? [] : [synced], default);
    }
}
