using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Speaks to one API server: objects in and out as JSON, every refusal an <see cref="ApiException"/>.</summary>
/// <remarks>Safe for concurrent use; one per connection for the life of the process.</remarks>
public sealed class ApiClient(ClusterConnection connection) : IDisposable
{
    private readonly ApiTransport _transport = new(connection);

    /// <summary>Where and as whom this client speaks.</summary>
    public ClusterConnection Connection => connection;

    /// <summary>Sends any request and returns any answer, refusals included.</summary>
    /// <exception cref="ApiException">No answer came.</exception>
    public Task<ApiResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        _transport.SendAsync(request, cancellationToken);

    /// <summary>Reads an object, or null when there is none.</summary>
    public async Task<KubernetesObject?> TryGetAsync(
        ApiResource resource, string @namespace, string name, CancellationToken cancellationToken)
    {
        var request = ApiRequest.For(HttpMethod.Get, resource.ObjectPath(@namespace, name), resource.Key(@namespace, name), "get");
        var response = await _transport.SendAsync(request, cancellationToken);
        if (response.Status != 404)
        {
            return Accepted(request, response).ToObject(request);
        }

        var refusal = StatusReader.ToException(request.Description, response);
        return refusal.Reason is "NotFound" ? null : throw refusal; // a 404 without it: not an API server, or no such resource
    }

    /// <summary>Reads an object.</summary>
    public async Task<KubernetesObject> GetAsync(
        ApiResource resource, string @namespace, string name, CancellationToken cancellationToken)
    {
        var request = ApiRequest.For(HttpMethod.Get, resource.ObjectPath(@namespace, name), resource.Key(@namespace, name), "get");
        return await SendForObjectAsync(request, cancellationToken);
    }

    /// <summary>Reads every object of a kind; an empty namespace means all namespaces.</summary>
    public async Task<ObjectList> ListAsync(
        ApiResource resource, string @namespace, ListOptions options, CancellationToken cancellationToken)
    {
        var raw = await ListRawAsync(resource, @namespace, options, cancellationToken);
        return new ObjectList([.. raw.Items.Select(item => KubernetesObject.Parse(item))], raw.ResourceVersion);
    }

    /// <summary>Reads every object of a kind as UTF-8 JSON, each in an array of its own.</summary>
    public Task<RawObjectList> ListRawAsync(
        ApiResource resource, string @namespace, ListOptions options, CancellationToken cancellationToken) =>
        new ListCall(_transport, resource, @namespace, options).RunAsync(cancellationToken);

    /// <summary>Streams changes until the server ends the watch; the caller resumes from the last version seen.</summary>
    /// <exception cref="ApiException"><see cref="ApiException.IsGone"/>: the version is too old, list again.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiResource resource,
        string @namespace,
        WatchOptions options,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var raw in WatchRawAsync(resource, @namespace, options, cancellationToken))
        {
            yield return new WatchEvent(raw.Type, KubernetesObject.Parse(raw.Object.Span));
        }
    }

    /// <summary>Streams changes as UTF-8 JSON.</summary>
    public IAsyncEnumerable<RawWatchEvent> WatchRawAsync(
        ApiResource resource, string @namespace, WatchOptions options, CancellationToken cancellationToken) =>
        new WatchCall(_transport, resource, @namespace, options, Connection.TimeProvider).RunAsync(cancellationToken);

    /// <summary>Creates an object and returns it as stored.</summary>
    public Task<KubernetesObject> CreateAsync(
        ApiResource resource, KubernetesObject @object, WriteOptions options, CancellationToken cancellationToken)
    {
        var path = WithWriteOptions(resource.CollectionPath(@object.Namespace), options);
        var request = ApiRequest.For(HttpMethod.Post, path, resource.Key(@object.Namespace, NameOf(@object)), "create");
        return SendForObjectAsync(request with { Body = @object.ToUtf8Json() }, cancellationToken);
    }

    /// <summary>Replaces an object; its resourceVersion, when set, must be the newest.</summary>
    public Task<KubernetesObject> UpdateAsync(
        ApiResource resource, KubernetesObject @object, WriteOptions options, CancellationToken cancellationToken) =>
        PutAsync(resource, @object, "", options, cancellationToken);

    /// <summary>Replaces an object's status and nothing else.</summary>
    public Task<KubernetesObject> UpdateStatusAsync(
        ApiResource resource, KubernetesObject @object, WriteOptions options, CancellationToken cancellationToken) =>
        PutAsync(resource, @object, "/status", options, cancellationToken);

    /// <summary>Patches an object and returns it as stored.</summary>
    public Task<KubernetesObject> PatchAsync(
        ApiResource resource,
        string @namespace,
        string name,
        PatchType type,
        ReadOnlyMemory<byte> body,
        PatchOptions options,
        CancellationToken cancellationToken)
    {
        var path = resource.ObjectPath(@namespace, name) + (options.Subresource.Length > 0 ? "/" + options.Subresource : "");
        var query = new Query(path)
            .Add("fieldManager", options.FieldManager)
            .AddIf(options.Force, "force", "true")
            .AddIf(options.DryRun, "dryRun", "All")
            .Add("fieldValidation", options.FieldValidation);
        var verb = type == PatchType.Apply ? "apply" : "patch";
        var request = ApiRequest.For(HttpMethod.Patch, query.ToString(), resource.Key(@namespace, name), verb);
        return SendForObjectAsync(request with { Body = body, ContentType = MediaType(type) }, cancellationToken);
    }

    /// <summary>Applies an object on the server's side and returns it as stored.</summary>
    public Task<KubernetesObject> ApplyAsync(
        ApiResource resource, KubernetesObject @object, ApplyOptions options, CancellationToken cancellationToken)
    {
        var patch = new PatchOptions
        {
            Subresource = options.Subresource,
            FieldManager = options.FieldManager,
            Force = options.Force,
            DryRun = options.DryRun,
            FieldValidation = options.FieldValidation,
        };
        return PatchAsync(resource, @object.Namespace, @object.Name, PatchType.Apply, @object.ToUtf8Json(), patch, cancellationToken);
    }

    /// <summary>Deletes an object; returns when the server has accepted, which finalizers may outlast.</summary>
    public async Task DeleteAsync(
        ApiResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        var request = DeleteCall.Request(resource, @namespace, name, options);
        Accepted(request, await _transport.SendAsync(request, cancellationToken));
    }

    /// <summary>Deletes an object if there is one; false when there was none.</summary>
    public async Task<bool> TryDeleteAsync(
        ApiResource resource, string @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteAsync(resource, @namespace, name, options, cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _transport.Dispose();

    private Task<KubernetesObject> PutAsync(
        ApiResource resource, KubernetesObject @object, string suffix, WriteOptions options, CancellationToken cancellationToken)
    {
        var path = WithWriteOptions(resource.ObjectPath(@object.Namespace, @object.Name) + suffix, options);
        var request = ApiRequest.For(HttpMethod.Put, path, resource.Key(@object.Namespace, @object.Name), "update");
        return SendForObjectAsync(request with { Body = @object.ToUtf8Json() }, cancellationToken);
    }

    private async Task<KubernetesObject> SendForObjectAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Accepted(request, await _transport.SendAsync(request, cancellationToken)).ToObject(request);

    private static ApiResponse Accepted(ApiRequest request, ApiResponse response) =>
        response.IsSuccess ? response : throw StatusReader.ToException(request.Description, response);

    private static string WithWriteOptions(string path, WriteOptions options) =>
        new Query(path)
            .Add("fieldManager", options.FieldManager)
            .AddIf(options.DryRun, "dryRun", "All")
            .Add("fieldValidation", options.FieldValidation)
            .ToString();

    private static string NameOf(KubernetesObject @object) =>
        @object.Name.Length > 0 ? @object.Name : @object.Json["metadata"]?["generateName"]?.ToString() + "*";

    private static string MediaType(PatchType type) => type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        PatchType.StrategicMerge => "application/strategic-merge-patch+json",
        PatchType.Apply => "application/apply-patch+yaml", // the server reads JSON under this name too
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
