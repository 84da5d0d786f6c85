using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Patching;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>What an apply does with fields that other managers own.</summary>
internal enum Force
{
    Refuse,
    TakeOver,
}

/// <summary>Creates and changes objects: the one way in, for requests and for the cluster's own controllers.</summary>
internal sealed class ObjectWriter(ObjectStore store, ObjectPreparation preparation)
{
    private const int MostAttempts = 64;
    private const int MostGeneratedNames = 8;

    internal async Task<WriteResult> CreateAsync(ResourceKind kind, string @namespace, JsonObject body, WriteContext context)
    {
        ObjectIdentity.Check(kind, @namespace, body);
        if (body.Text("metadata", "resourceVersion").Length > 0)
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        CheckNamespace(kind, @namespace, body);
        var isGenerated = body.Text("metadata", "name").Length == 0;
        for (var attempt = 1; ; attempt++)
        {
            var prepared = preparation.ForCreate(kind, (JsonObject)body.DeepClone(), context);
            var key = ObjectIdentity.KeyOf(kind, @namespace, prepared.Text("metadata", "name"));
            if (await TryCreateAsync(key, prepared, context) is { } created)
            {
                return created;
            }

            if (!isGenerated || attempt == MostGeneratedNames)
            {
                throw ApiErrors.AlreadyExists(kind, key.Name);
            }
        }
    }

    /// <summary>Changes an object by a function of its live state, again when someone else was faster, unless the change names a version.</summary>
    internal async Task<WriteResult> UpdateAsync(
        ResourceKind kind, string @namespace, string name, Func<JsonObject, JsonObject> change, WriteContext context)
    {
        var key = ObjectIdentity.KeyOf(kind, @namespace, name);
        for (var attempt = 1; ; attempt++)
        {
            var current = store.State.Find(key) ?? throw ApiErrors.NotFound(kind, name);
            var live = JsonAccess.Parse(current);
            live["apiVersion"] = kind.Gvk.ApiVersion; // versions of a custom kind differ in nothing else
            var body = change((JsonObject)live.DeepClone());
            ObjectIdentity.Check(kind, @namespace, body);
            ObjectIdentity.CheckName(name, body);
            CheckPreconditions(kind, name, live, body);

            if (await TryUpdateAsync(kind, current, live, body, context) is { } result)
            {
                return result;
            }

            if (attempt == MostAttempts)
            {
                throw ApiErrors.Modified(kind, name);
            }
        }
    }

    /// <summary>Server-side apply: creates the object or merges into it, by who owns which field.</summary>
    internal async Task<WriteResult> ApplyAsync(ResourceKind kind, string @namespace, string name, JsonObject applied, Force force, WriteContext context)
    {
        var named = (JsonObject)applied.DeepClone(); // what is applied stays as it was sent: nobody owns what the address says
        ObjectIdentity.Check(kind, @namespace, named);
        ObjectIdentity.CheckName(name, named);
        FieldCheck.Apply(kind, (JsonObject)applied.DeepClone(), context with { IsApply = true }); // unknown fields: the merge says so
        var key = ObjectIdentity.KeyOf(kind, @namespace, name);
        var settled = context with { IsApply = true, FieldValidation = FieldValidation.Ignore };
        for (var attempt = 1; ; attempt++)
        {
            var current = store.State.Find(key);
            var result = current is null
                ? await TryCreateByApplyAsync(kind, @namespace, name, applied, force, settled)
                : await TryUpdateByApplyAsync(kind, current, applied, force, settled);
            if (result is not null)
            {
                return result;
            }

            if (attempt == MostAttempts)
            {
                throw ApiErrors.Modified(kind, name);
            }
        }
    }

    private async Task<WriteResult?> TryCreateByApplyAsync(
        ResourceKind kind, string @namespace, string name, JsonObject applied, Force force, WriteContext context)
    {
        if (context.Subresource.Length > 0)
        {
            throw ApiErrors.NotFound(kind, name);
        }

        if (applied.Text("metadata", "uid") is { Length: > 0 } uid)
        {
            throw ApiErrors.Conflict(kind, name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        CheckNamespace(kind, @namespace, applied);
        var merged = ServerSideApply.Apply(RequestFor(kind, null, applied, force, context));
        ObjectIdentity.Check(kind, @namespace, merged);
        ObjectIdentity.CheckName(name, merged);
        var prepared = preparation.ForCreate(kind, merged, context);
        return await TryCreateAsync(ObjectIdentity.KeyOf(kind, @namespace, prepared.Text("metadata", "name")), prepared, context);
    }

    private async Task<WriteResult?> TryUpdateByApplyAsync(ResourceKind kind, StoredObject current, JsonObject applied, Force force, WriteContext context)
    {
        var live = JsonAccess.Parse(current);
        live["apiVersion"] = kind.Gvk.ApiVersion;
        CheckPreconditions(kind, current.Key.Name, live, applied);
        var merged = ServerSideApply.Apply(RequestFor(kind, live, applied, force, context));
        return ReferenceEquals(merged, live)
            ? new(WriteEffect.Unchanged, current.Json, current.Revision)
            : await TryUpdateAsync(kind, current, live, merged, context);
    }

    private ApplyRequest RequestFor(ResourceKind kind, JsonObject? live, JsonObject applied, Force force, WriteContext context) => new()
    {
        Live = live,
        Applied = (JsonObject)applied.DeepClone(),
        Schema = kind.Schema,
        Manager = context.FieldManager,
        Force = force == Force.TakeOver,
        Subresource = context.Subresource,
        Now = preparation.Now,
    };

    private void CheckNamespace(ResourceKind kind, string @namespace, JsonObject body)
    {
        if (!kind.IsNamespaced)
        {
            return;
        }

        var live = store.State.Find(new("/namespaces", "", @namespace)) ?? throw new StatusException(
            404, "NotFound", $"namespaces \"{@namespace}\" not found", new JsonObject { ["name"] = @namespace, ["kind"] = "namespaces" });
        if (JsonAccess.Parse(live).Text("metadata", "deletionTimestamp").Length > 0)
        {
            throw ApiErrors.ForbiddenFor(
                kind, body.Text("metadata", "name"), $"unable to create new content in namespace {@namespace} because it is being terminated", "NamespaceTerminating");
        }
    }

    private async Task<WriteResult?> TryCreateAsync(StorageKey key, JsonObject prepared, WriteContext context)
    {
        if (context.IsDryRun)
        {
            return store.State.Find(key) is null ? new(WriteEffect.Created, JsonResponse.Utf8(prepared), 0) : null;
        }

        var change = await store.TryCommitAsync(StoreWrite.Put(key, 0, UnstampedJson.From(prepared)));
        return change is null ? null : new(WriteEffect.Created, change.After.Json, change.Revision);
    }

    private static void CheckPreconditions(ResourceKind kind, string name, JsonObject live, JsonObject body)
    {
        var (given, actual) = (body.Text("metadata", "resourceVersion"), live.Text("metadata", "resourceVersion"));
        if (given.Length > 0 && given != "0" && given != actual)
        {
            throw ApiErrors.Modified(kind, name);
        }

        var (givenUid, actualUid) = (body.Text("metadata", "uid"), live.Text("metadata", "uid"));
        if (givenUid.Length > 0 && givenUid != actualUid)
        {
            throw ApiErrors.Conflict(kind, name, $"Precondition failed: UID in precondition: {givenUid}, UID in object meta: {actualUid}");
        }
    }

    /// <summary>Null: someone else changed it in between, look again.</summary>
    private async Task<WriteResult?> TryUpdateAsync(ResourceKind kind, StoredObject current, JsonObject live, JsonObject body, WriteContext context)
    {
        var prepared = preparation.ForUpdate(kind, live, body, context);
        if (JsonNode.DeepEquals(live, prepared))
        {
            return new(WriteEffect.Unchanged, current.Json, current.Revision);
        }

        var isRemoval = DeletionState.IsFinished(prepared);
        if (context.IsDryRun)
        {
            return new(WriteEffect.Updated, JsonResponse.Utf8(prepared), current.Revision);
        }

        var json = UnstampedJson.From(prepared);
        var write = isRemoval ? StoreWrite.Remove(current, json) : StoreWrite.Put(current.Key, current.Revision, json);
        var change = await store.TryCommitAsync(write);
        return change is null ? null : new(isRemoval ? WriteEffect.Removed : WriteEffect.Updated, change.After.Json, change.Revision);
    }
}
