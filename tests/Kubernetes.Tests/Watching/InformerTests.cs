using System.Collections.Concurrent;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Tests.Fakes;
using SecretsOps.Kubernetes.Watching;
using SecretsOps.Testing;

namespace SecretsOps.Kubernetes.Tests.Watching;

public sealed class InformerTests : IAsyncLifetime
{
    private readonly FakeConfigMaps _maps = new();
    private readonly ConcurrentQueue<string> _changes = new();
    private readonly CancellationTokenSource _stop = new();
    private ScriptedServer _server = null!;
    private ApiClient _client = null!;
    private Informer _informer = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync(_maps.AnswerAsync);
        _client = _server.Client();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task It_reports_what_is_there_and_what_changes()
    {
        _maps.Put("a", "1");
        await StartAsync();

        _maps.Put("b", "2");
        _maps.Put("a", "3");
        _maps.Delete("b");

        await ChangesAsync("Added shop/a", "Added shop/b", "Updated shop/a", "Deleted shop/b");
        Assert.Equal("3", _informer.TryGet(new("shop", "a"))!.Json["data"]!["value"]!.ToString());
        Assert.Null(_informer.TryGet(new("shop", "b")));
    }

    [Fact]
    public async Task Cached_objects_name_their_kind_and_carry_no_managed_fields()
    {
        _maps.Put("a", "1");
        await StartAsync();

        var cached = _informer.TryGet(new("shop", "a"))!;

        Assert.Equal("v1/ConfigMap", cached.Gvk.ToString());
        Assert.False(cached.Metadata.ContainsKey("managedFields"));
        Assert.Equal("1", cached.Json["data"]!["value"]!.ToString());
    }

    [Fact]
    public async Task A_metadata_informer_asks_for_metadata_and_keeps_nothing_else()
    {
        _maps.Put("a", "1");
        await StartAsync(new InformerOptions { Namespace = "shop", MetadataOnly = true });

        Assert.Contains("as=PartialObjectMetadata", _maps.LastAccept);
        Assert.False(_informer.TryGet(new("shop", "a"))!.Json.ContainsKey("data"));
    }

    [Fact]
    public async Task A_dropped_watch_resumes_where_it_broke_off()
    {
        await StartAsync();
        _maps.Put("a", "1");
        await ChangesAsync("Added shop/a");

        _maps.DropWatches();
        _maps.Put("b", "2");

        await ChangesAsync("Added shop/a", "Added shop/b");
        Assert.Equal(1, _maps.Lists);
    }

    [Fact]
    public async Task Objects_deleted_while_history_was_lost_are_reported_as_deleted()
    {
        _maps.Put("a", "1");
        _maps.Put("b", "1");
        await StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_maps.Watches == 1), "the watch is open");

        _maps.RefuseNext(500); // the reconnect meets an error first
        _maps.DropWatches();
        _maps.Delete("b");
        _maps.Put("c", "1");
        _maps.ForgetHistory();

        await ChangesAsync("Added shop/a", "Added shop/b", "Added shop/c", "Deleted shop/b");
        Assert.Equal(2, _maps.Lists);
    }

    [Fact]
    public async Task An_object_made_anew_in_a_gap_is_reported_as_deleted_and_added()
    {
        _maps.Put("a", "1");
        await StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_maps.Watches == 1), "the watch is open");

        _maps.RefuseNext(503);
        _maps.DropWatches();
        _maps.Delete("a");
        _maps.Put("a", "2");
        _maps.ForgetHistory();

        await ChangesAsync("Added shop/a", "Deleted shop/a", "Added shop/a");
    }

    [Fact]
    public async Task It_waits_out_throttling_and_server_errors()
    {
        _maps.RefuseNext(429, 500, 503, 504, 401);
        _maps.Put("a", "1");

        await StartAsync();

        await ChangesAsync("Added shop/a");
        Assert.Null(_informer.LastError);
    }

    [Fact]
    public async Task A_refusal_that_breaks_off_half_way_does_not_stop_it()
    {
        _maps.BreakOffNext();
        _maps.Put("a", "1");

        await StartAsync();

        await ChangesAsync("Added shop/a");
    }

    [Fact]
    public async Task A_bookmark_moves_the_version_to_resume_from()
    {
        _maps.Put("a", "1");
        await StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_maps.Watches == 1), "the watch is open");

        _maps.ForgetHistory();
        _maps.Bookmark(); // without it the next watch would start at a forgotten version
        _maps.Put("b", "1");
        await ChangesAsync("Added shop/a", "Added shop/b");
        _maps.DropWatches();
        _maps.Put("c", "1");

        await ChangesAsync("Added shop/a", "Added shop/b", "Added shop/c");
        Assert.Equal(1, _maps.Lists);
    }

    [Fact]
    public async Task A_restarted_server_is_found_again()
    {
        _maps.Put("a", "1");
        await StartAsync();
        var address = _server.Uri;

        await _server.DisposeAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_informer.LastError is ApiException { IsUnreachable: true }), "the informer notices");
        _maps.Put("b", "2");
        _server = await ScriptedServer.StartAsync(_maps.AnswerAsync, address.Port);

        await ChangesAsync("Added shop/a", "Added shop/b");
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        for (var i = 0; i < 1234; i++)
        {
            _maps.Put($"map-{i:0000}", "x");
        }

        await StartAsync();

        Assert.Equal(1234, _informer.Count);
        Assert.Equal(3, _maps.Lists);
    }

    [Fact]
    public async Task A_transform_decides_what_is_kept()
    {
        _maps.Put("a", "1");
        await StartAsync(new InformerOptions
        {
            Transform = full =>
            {
                full.Json.Remove("data");
                return full;
            },
        });

        Assert.False(_informer.TryGet(new("shop", "a"))!.Json.ContainsKey("data"));
    }

    private static readonly BackOff Quick = new() { First = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(100) };

    private async Task StartAsync(InformerOptions? options = null)
    {
        _informer = new Informer(_client, ApiResource.ConfigMaps, (options ?? new InformerOptions()) with { BackOff = Quick });
        _informer.Changed += change => _changes.Enqueue(change.ToString());
        _running = _informer.RunAsync(_stop.Token);
        await _informer.WaitForSyncAsync(new CancellationTokenSource(Eventually.Deadline).Token);
    }

    private Task ChangesAsync(params string[] expected) => Eventually.PassesAsync(() =>
    {
        Assert.Equal(expected, _changes);
        return Task.CompletedTask;
    });
}
