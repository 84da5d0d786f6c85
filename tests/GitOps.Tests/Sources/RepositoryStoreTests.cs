using System.Text;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tools;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Sources;

public sealed class RepositoryStoreTests : IDisposable
{
    private readonly TestRepository _remote = new();
    private readonly TemporaryDirectory _cache = new();
    private readonly RepositoryStore _store;

    public RepositoryStoreTests() =>
        _store = new RepositoryStore(new ToolBox(Path.GetDirectoryName(ExternalPrograms.Git)!, TimeProvider.System), _cache.Path, (url, _) => RepositoryAccess.Anonymous(url), TimeProvider.System);

    [Fact]
    public async Task R01_a_full_id_is_taken_without_asking_the_remote()
    {
        var commit = _remote.Commit(("a.yaml", "one"));

        Assert.Equal(commit, await _store.ResolveAsync("file:///nowhere", "", commit, "", DateTimeOffset.UtcNow, default));
    }

    [Fact]
    public async Task A_file_of_more_than_32_MiB_is_refused_by_name_of_its_limit_and_others_are_still_read()
    {
        var commit = _remote.Commit(("small.yaml", "small"), ("giant.yaml", new string('x', 33 * 1024 * 1024)));
        var tree = await _store.OpenAsync(_remote.Url, "", commit, default);

        var refused = await Assert.ThrowsAsync<SourceException>(async () => await tree.ReadAsync([(await tree.TryFindAsync("giant.yaml", default))!], default));

        Assert.Contains("larger than 32 MiB", refused.Message);
        Assert.Equal("small", Encoding.UTF8.GetString((await tree.ReadAsync([(await tree.TryFindAsync("small.yaml", default))!], default))[0]));
    }

    [Fact]
    public async Task R02_a_branch_follows_its_head()
    {
        var first = _remote.Commit(("a.yaml", "one"));
        Assert.Equal(first, await ResolveAsync("main"));

        var second = _remote.Commit(("a.yaml", "two"));

        Assert.Equal(second, await ResolveAsync("main"));
    }

    [Fact]
    public async Task R03_an_empty_revision_and_HEAD_are_the_default_branch()
    {
        var commit = _remote.Commit(("a.yaml", "one"));

        Assert.Equal(commit, await ResolveAsync(""));
        Assert.Equal(commit, await ResolveAsync("HEAD"));
    }

    [Fact]
    public async Task R04_light_and_annotated_tags_resolve_to_the_commit()
    {
        var commit = _remote.Commit(("a.yaml", "one"));
        _remote.Git("tag", "light");
        _remote.Git("-c", "user.name=t", "-c", "user.email=t@example.org", "tag", "-a", "annotated", "-m", "x");
        _remote.Commit(("a.yaml", "two"));

        Assert.Equal(commit, await ResolveAsync("light"));
        Assert.Equal(commit, await ResolveAsync("annotated"));
    }

    [Fact]
    public async Task R05_a_range_takes_the_highest_matching_tag_and_no_pre_release()
    {
        _remote.Commit(("a.yaml", "one"));
        _remote.Git("tag", "1.0.0");
        var wanted = _remote.Commit(("a.yaml", "two"));
        _remote.Git("tag", "1.1.0");
        _remote.Commit(("a.yaml", "three"));
        _remote.Git("tag", "1.2.0-rc1");

        Assert.Equal(wanted, await ResolveAsync("1.*"));
        Assert.Equal(wanted, await ResolveAsync(">=1.0.0 <2.0.0"));
    }

    [Fact]
    public async Task R06_an_exact_version_stays_on_its_tag()
    {
        var pinned = _remote.Commit(("a.yaml", "one"));
        _remote.Git("tag", "1.1.0");
        _remote.Commit(("a.yaml", "two"));
        _remote.Git("tag", "1.1.1");

        Assert.Equal(pinned, await ResolveAsync("1.1.0"));
    }

    [Fact]
    public async Task R07_a_tag_prefix_hides_other_tags_from_a_range()
    {
        var wanted = _remote.Commit(("a.yaml", "one"));
        _remote.Git("tag", "a/1.0.0");
        _remote.Commit(("a.yaml", "two"));
        _remote.Git("tag", "b/2.0.0");

        Assert.Equal(wanted, await _store.ResolveAsync(_remote.Url, "", "*", "a/", DateTimeOffset.UtcNow, default));
    }

    [Fact]
    public async Task R08_an_abbreviated_id_is_accepted()
    {
        var commit = _remote.Commit(("a.yaml", "one"));

        Assert.Equal(commit, await ResolveAsync(commit[..7]));
    }

    [Fact]
    public async Task R09_an_unknown_revision_is_refused_in_Argo_CDs_words()
    {
        _remote.Commit(("a.yaml", "one"));

        var refused = await Assert.ThrowsAsync<SourceException>(() => ResolveAsync("bogus"));

        Assert.Equal("unable to resolve 'bogus' to a commit SHA", refused.Message);
    }

    [Fact]
    public async Task Trees_are_read_straight_from_objects()
    {
        var commit = _remote.Commit(("app/a.yaml", "one"), ("app/sub/b.yaml", "two"));

        var tree = await _store.OpenAsync(_remote.Url, "", commit, default);
        var names = (await tree.TryListAsync("app", default))!.Select(entry => entry.Path);
        var file = await tree.TryFindAsync("app/sub/b.yaml", default);

        Assert.Equal(["app/a.yaml", "app/sub"], names);
        Assert.Equal("two", Encoding.UTF8.GetString((await tree.ReadAsync([file!], default))[0]));
        Assert.Null(await tree.TryListAsync("nowhere", default));
    }

    [Fact]
    public async Task S09_a_link_that_leaves_the_repository_fails_the_source_wherever_it_is()
    {
        _remote.Link("other/deep/leak", "../../../etc/passwd");
        var commit = _remote.Commit(("app/a.yaml", "one"));

        var refused = await Assert.ThrowsAsync<SourceException>(() => _store.OpenAsync(_remote.Url, "", commit, default));

        Assert.Contains("'other/deep/leak' at", refused.Message);
        Assert.Contains("outside the repository", refused.Message);
    }

    [Fact]
    public async Task A_link_inside_the_repository_is_fine()
    {
        _remote.Link("other/link", "../app/a.yaml");
        var commit = _remote.Commit(("app/a.yaml", "one"));

        Assert.NotNull(await _store.OpenAsync(_remote.Url, "", commit, default));
    }

    [Fact]
    public async Task R10_a_submodule_is_a_folder_at_the_commit_that_the_repository_names()
    {
        using var library = new TestRepository();
        var pinned = library.Commit(("chart/Chart.yaml", "name: pinned"));
        library.Commit(("chart/Chart.yaml", "name: newer"));
        _remote.Commit((".gitmodules", $"[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = {library.Url}\n"), ("app/a.yaml", "one"));
        _remote.Git("update-index", "--add", "--cacheinfo", $"160000,{pinned},vendor/lib");
        _remote.Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "submodule");

        var tree = await _store.OpenAsync(_remote.Url, "", _remote.Head(), default);
        var file = await tree.TryFindAsync("vendor/lib/chart/Chart.yaml", default);

        Assert.Equal("name: pinned", Encoding.UTF8.GetString((await tree.ReadAsync([file!], default))[0]));
        Assert.Equal(["vendor/lib/chart"], (await tree.TryListAsync("vendor/lib", default))!.Select(entry => entry.Path));
        Assert.Equal(TreeEntryKind.Folder, (await tree.TryListAsync("vendor", default))!.Single().Kind);
    }

    [Fact]
    public async Task A_missing_submodule_hurts_only_those_who_look_into_it()
    {
        _remote.Commit((".gitmodules", "[submodule \"gone\"]\n\tpath = gone\n\turl = file:///nowhere\n"), ("app/a.yaml", "one"));
        _remote.Git("update-index", "--add", "--cacheinfo", $"160000,{new string('a', 40)},gone");
        _remote.Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "submodule");

        var tree = await _store.OpenAsync(_remote.Url, "", _remote.Head(), default);

        Assert.NotNull(await tree.TryFindAsync("app/a.yaml", default));
        Assert.Contains("submodule 'gone'", (await Assert.ThrowsAsync<SourceException>(() => tree.TryListAsync("gone", default))).Message);
    }

    [Fact]
    public async Task A_corrupted_local_copy_is_made_anew()
    {
        var first = _remote.Commit(("a.yaml", "one"));
        await _store.OpenAsync(_remote.Url, "", first, default);
        await _store.PollAllAsync(new HashSet<string>(), _ => { }, default); // nobody names it: let go of
        foreach (var pack in Directory.EnumerateFiles(_cache.Path, "*", SearchOption.AllDirectories).Where(file => file.Contains("/objects/")))
        {
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.WriteAllText(pack, "rubbish");
        }

        var tree = await _store.OpenAsync(_remote.Url, "", first, default);

        Assert.NotNull(await tree.TryFindAsync("a.yaml", default));
    }

    [Fact]
    public async Task A_force_push_is_followed()
    {
        _remote.Commit(("a.yaml", "one"));
        var second = _remote.Commit(("a.yaml", "two"));
        await _store.OpenAsync(_remote.Url, "", await ResolveAsync("main"), default);
        _remote.Git("reset", "--quiet", "--hard", "HEAD~1");
        var third = _remote.Commit(("a.yaml", "three"));

        var resolved = await ResolveAsync("main");
        await _store.OpenAsync(_remote.Url, "", resolved, default);

        Assert.NotEqual(second, resolved);
        Assert.Equal(third, resolved);
    }

    [Fact]
    public async Task One_poll_serves_everybody_who_asks_within_the_interval()
    {
        _remote.Commit(("a.yaml", "one"));
        var moment = DateTimeOffset.UtcNow;
        var known = await _store.ResolveAsync(_remote.Url, "", "main", "", moment, default);
        _remote.Commit(("a.yaml", "two"));

        var later = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.ResolveAsync(_remote.Url, "", "main", "", moment, default)));

        Assert.All(later, commit => Assert.Equal(known, commit));
    }

    [Theory]
    [InlineData("--upload-pack=/bin/sh")]
    [InlineData("ext::sh -c id")]
    public async Task Addresses_that_git_would_run_are_refused(string url)
    {
        await Assert.ThrowsAsync<SourceException>(() => _store.ResolveAsync(url, "", "main", "", DateTimeOffset.UtcNow, default));
    }

    public void Dispose()
    {
        _store.Dispose();
        _cache.Dispose();
        _remote.Dispose();
    }

    private Task<string> ResolveAsync(string revision) => _store.ResolveAsync(_remote.Url, "", revision, "", DateTimeOffset.UtcNow, default);
}
