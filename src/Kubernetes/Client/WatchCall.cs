using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Reads a watch: one JSON event a line, until the server closes the stream.</summary>
internal sealed class WatchCall(
    ApiTransport transport, ApiResource resource, string @namespace, WatchOptions options, TimeProvider timeProvider)
{
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ObjectTrim _trim = new(resource.Gvk, options.KeepManagedFields, options.MetadataOnly);

    internal async IAsyncEnumerable<RawWatchEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = Request();
        using var limit = Limit();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var response = await transport.OpenStreamAsync(request, linked.Token);
        if (!response.IsSuccessStatusCode)
        {
            throw StatusReader.ToException(request.Description, await ApiTransport.ReadAsync(response, linked.Token));
        }

        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(linked.Token));
        try
        {
            while (await ReadAsync(reader, request, cancellationToken, linked.Token) is { } read)
            {
                var rest = read.Buffer;
                while (TryTakeLine(ref rest, out var line))
                {
                    if (Parse(request, line) is { } @event)
                    {
                        yield return @event;
                    }
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private ApiRequest Request()
    {
        var query = new Query(resource.CollectionPath(@namespace))
            .Add("watch", "true")
            .Add("allowWatchBookmarks", "true")
            .Add("resourceVersion", options.ResourceVersion)
            .Add("labelSelector", options.LabelSelector)
            .Add("fieldSelector", options.FieldSelector)
            .Add("timeoutSeconds", options.Timeout is { } time ? ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "");
        return new ApiRequest
        {
            Method = HttpMethod.Get,
            Path = query.ToString(),
            Description = ListCall.Describe(resource, @namespace, "watch"),
            Accept = options.MetadataOnly ? MetadataOnly : "application/json",
        };
    }

    // The server ends the watch at its timeout; a connection that says nothing long after that is dead.
    private CancellationTokenSource Limit() =>
        options.Timeout is { } time ? new CancellationTokenSource(time + Patience, timeProvider) : new CancellationTokenSource();

    private static async Task<ReadResult?> ReadAsync(
        PipeReader reader, ApiRequest request, CancellationToken caller, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ApiException($"{request.Description} failed: the connection broke: {e.Message}", 0, "Unreachable", e);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private RawWatchEvent? Parse(ApiRequest request, ReadOnlySequence<byte> line)
    {
        var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (bytes.Trim(" \r\t"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            return ParseEvent(request, bytes);
        }
        catch (JsonException e)
        {
            throw new ApiException($"{request.Description} failed: the server sent a broken event", 0, "BrokenEvent", e);
        }
    }

    private RawWatchEvent? ParseEvent(ApiRequest request, ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, ObjectTrim.ReaderOptions);
        var type = "";
        var @object = default(ReadOnlySpan<byte>);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type");
            var isObject = reader.ValueTextEquals("object");
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            type = isType ? reader.GetString() ?? "" : type;
            reader.Skip();
            @object = isObject ? bytes[start..(int)reader.BytesConsumed] : @object;
        }

        return type switch
        {
            "ADDED" => new(WatchEventType.Added, _trim.Copy(@object)),
            "MODIFIED" => new(WatchEventType.Modified, _trim.Copy(@object)),
            "DELETED" => new(WatchEventType.Deleted, _trim.Copy(@object)),
            "BOOKMARK" => new(WatchEventType.Bookmark, _trim.Copy(@object)),
            "ERROR" => throw StatusReader.ToException(request.Description, JsonNode.Parse(@object)!, 500, null),
            _ => null, // a type that a newer server may add
        };
    }
}
