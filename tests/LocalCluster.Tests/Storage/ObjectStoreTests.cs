using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Storage;
using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests.Storage;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Acknowledged_writes_survive_the_log_being_cut_at_any_byte_after_them()
    {
        var acknowledgedAt = new List<(long Length, long Revision)>();
        await using (var store = Open())
        {
            for (var index = 0; index < 6; index++)
            {
                var change = await store.TryCommitAsync(Put($"object-{index}", 0, $"value {index}"));
                acknowledgedAt.Add((new FileInfo(LogPath).Length, change!.Revision));
            }
        }

        var log = await File.ReadAllBytesAsync(LogPath);
        for (var length = 0; length <= log.Length; length++)
        {
            await File.WriteAllBytesAsync(LogPath, log[..length]);
            await using var store = Open();

            var acknowledged = acknowledgedAt.Where(write => write.Length <= length).Select(write => write.Revision).DefaultIfEmpty(0).Max();
            Assert.Equal(acknowledged, store.State.Revision);
            Assert.Equal(acknowledged, store.State.Of("/configmaps").Count);
        }
    }

    [Fact]
    public async Task Writing_goes_on_after_a_torn_tail()
    {
        await using (var store = Open())
        {
            await store.TryCommitAsync(Put("first", 0, "1"));
        }

        await File.AppendAllTextAsync(LogPath, "torn");
        await using (var store = Open())
        {
            await store.TryCommitAsync(Put("second", 0, "2"));
        }

        await using var again = Open();
        Assert.Equal(["first", "second"], again.State.Of("/configmaps").Values.Select(stored => stored.Key.Name));
    }

    [Fact]
    public async Task Damage_before_the_end_is_refused_rather_than_cut_off()
    {
        await using (var store = Open())
        {
            await store.TryCommitAsync(Put("first", 0, "1"));
            await store.TryCommitAsync(Put("second", 0, "2"));
        }

        var log = await File.ReadAllBytesAsync(LogPath);
        log[20] ^= 1;
        await File.WriteAllBytesAsync(LogPath, log);

        Assert.Contains("damaged", Assert.Throws<StorageException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_is_told_from_an_empty_log()
    {
        await using (var store = Open())
        {
            await store.TryCommitAsync(Put("first", 0, "1"));
            await store.TryCommitAsync(Put("second", 0, "2"));
        }

        await File.WriteAllBytesAsync(_directory.Combine("encryption.key"), new byte[32]);

        Assert.Throws<StorageException>(Open);
    }

    [Fact]
    public async Task A_write_from_an_old_revision_changes_nothing()
    {
        await using var store = Open();
        var created = await store.TryCommitAsync(Put("object", 0, "1"));
        var updated = await store.TryCommitAsync(Put("object", created!.Revision, "2"));

        Assert.Null(await store.TryCommitAsync(Put("object", created.Revision, "3")));
        Assert.Null(await store.TryCommitAsync(Put("object", 0, "3")));
        Assert.Equal(updated!.Revision, store.State.Revision);
    }

    [Fact]
    public async Task Of_many_writers_from_one_revision_exactly_one_wins()
    {
        await using var store = Open();
        var created = await store.TryCommitAsync(Put("object", 0, "0"));

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 32).Select(index => Task.Run(() => store.TryCommitAsync(Put("object", created!.Revision, $"{index}")))));

        Assert.Single(outcomes, outcome => outcome is not null);
    }

    [Fact]
    public async Task No_value_stands_in_any_file_in_the_clear()
    {
        const string Canary = "canary-7f3a-plaintext";
        await using (var store = Open())
        {
            await store.TryCommitAsync(Put("object", 0, Canary));
        }

        var files = Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotContain(Canary, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_key_is_readable_by_its_owner_only()
    {
        await using var store = Open();

        Assert.True(OperatingSystem.IsWindows()
            || File.GetUnixFileMode(_directory.Combine("encryption.key")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Compaction_keeps_every_object_with_its_revision_and_forgets_the_rest()
    {
        var large = new string('x', 1 << 20);
        await using (var store = Open())
        {
            var kept = await store.TryCommitAsync(Put("kept", 0, "1"));
            var seen = 0L;
            for (var index = 0; index < 12; index++)
            {
                seen = (await store.TryCommitAsync(Put("changing", seen, large + index)))!.Revision;
            }

            Assert.Equal(1, kept!.Revision);
        }

        Assert.Equal("objects-000002.log", Path.GetFileName(Assert.Single(Directory.GetFiles(_directory.Path, "objects-*"))));
        await using var again = Open();
        Assert.Equal(13, again.State.Revision);
        Assert.Equal(1, again.State.Find(new("/configmaps", "ns", "kept"))!.Revision);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var store = Open();

        Assert.Contains("in use", Assert.Throws<StorageException>(Open).Message, StringComparison.Ordinal);
    }

    private string LogPath => _directory.Combine("objects-000001.log");

    private static StoreWrite Put(string name, long seenRevision, string value) =>
        StoreWrite.Put(new("/configmaps", "ns", name), seenRevision, UnstampedJson.From(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["data"] = new JsonObject { ["value"] = value },
        }));

    private ObjectStore Open() => ObjectStore.Open(_directory.Path);
}
