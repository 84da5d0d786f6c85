using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Status;

/// <summary>The next <c>status</c> of an Application, filled in stage by stage and compared with the last one at the end.</summary>
internal sealed class StatusDraft(Application application, string controllerNamespace, TimeProvider clock)
{
    private readonly JsonObject _status = (JsonObject)application.Status.DeepClone();

    public JsonObject Json => _status;

    /// <summary>The status that is stored now; a patch is made against it.</summary>
    public JsonObject Stored { get; set; } = application.Status;

    public bool HasChanged => MergePatch.Between(Stored, _status) is not null;

    public JsonObject? OperationState => _status["operationState"] as JsonObject;

    public string SyncCodeBefore { get; } = (application.Status["sync"] as JsonObject)?.TextAt("status") ?? "";

    public string HealthCodeBefore { get; } = (application.Status["health"] as JsonObject)?.TextAt("status") ?? "";

    /// <summary>An RFC 3339 time to the second, as Kubernetes writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public string Now() => Time(clock.GetUtcNow());

    public void SetSync(SyncCode code, IReadOnlyList<string> revisions)
    {
        var compared = new JsonObject { ["destination"] = application.Destination.Json.DeepClone() };
        Copy("ignoreDifferences", compared);
        Copy(application.HasManySources ? "sources" : "source", compared);
        var sync = new JsonObject { ["status"] = code.ToString(), ["comparedTo"] = compared };
        if (application.HasManySources)
        {
            sync["revisions"] = Texts(revisions);
        }
        else if (revisions.Count > 0)
        {
            sync["revision"] = revisions[0];
        }

        _status["sync"] = sync;
    }

    /// <summary>Keeps what is known of the cluster where only the source is in trouble.</summary>
    public void SetSyncUnknown()
    {
        if (_status["sync"] is not JsonObject sync)
        {
            SetSync(SyncCode.Unknown, []);
            return;
        }

        sync["status"] = nameof(SyncCode.Unknown);
    }

    public void SetHealth(HealthCode code)
    {
        if (HealthCodeBefore != code.ToString())
        {
            _status["health"] = new JsonObject { ["status"] = code.ToString(), ["lastTransitionTime"] = Now() };
        }
    }

    public void SetResources(DiffResult diff, LiveInventory inventory)
    {
        var resources = diff.Entries.Where(entry => entry.Target?.Hook.IsSkipped != true).Select(entry => Resource(entry, inventory));
        _status["resources"] = new JsonArray([.. resources.OrderBy(resource => $"{resource.TextAt("group")}/{resource.TextAt("kind")}/{resource.TextAt("namespace")}/{resource.TextAt("name")}", StringComparer.Ordinal)]);
        var images = diff.Entries.Select(entry => inventory.TryGet(entry.Target?.Key ?? entry.Live!.Key)).OfType<LiveObject>().SelectMany(live => live.Images);
        List<string> distinct = [.. images.Distinct().Order(StringComparer.Ordinal)];
        _status["summary"] = distinct.Count == 0 ? [] : new JsonObject { ["images"] = Texts(distinct) };
    }

    /// <summary>Brings the health of the resources listed before up to date; what is listed stays.</summary>
    public void RefreshHealth(LiveInventory inventory)
    {
        foreach (var resource in _status.ObjectsAt("resources"))
        {
            var key = new ObjectKey(resource.TextAt("group"), resource.TextAt("kind"), resource.TextAt("namespace"), resource.TextAt("name"));
            resource.Remove("health");
            AddHealth(resource, inventory.TryGet(key), isWanted: !resource.FlagAt("hook"));
        }
    }

    public void SetSourceTypes(IReadOnlyList<SourceType> types)
    {
        if (application.HasManySources)
        {
            _status["sourceTypes"] = Texts([.. types.Select(type => type.ToString())]);
            _status.Remove("sourceType");
        }
        else if (types.Count > 0)
        {
            _status["sourceType"] = types[0].ToString();
        }
    }

    /// <summary>Replaces the conditions; one that was there before keeps its time.</summary>
    public void SetConditions(IReadOnlyList<Condition> conditions)
    {
        List<JsonObject> before = [.. _status.ObjectsAt("conditions")];
        _status.Remove("conditions");
        if (conditions.Count == 0)
        {
            return;
        }

        _status["conditions"] = new JsonArray([.. conditions.Distinct().Select(condition => new JsonObject
        {
            ["type"] = condition.Type,
            ["message"] = condition.Message,
            ["lastTransitionTime"] = before.FirstOrDefault(known => known.TextAt("type") == condition.Type && known.TextAt("message") == condition.Message)?.TextAt("lastTransitionTime") ?? Now(),
        })]);
    }

    public void SetOperationState(JsonObject state) => _status["operationState"] = state;

    /// <summary>Adds a finished deployment to the history and trims it.</summary>
    public void AddHistory(SyncOperation operation, IReadOnlyList<string> revisions, string startedAt)
    {
        List<JsonObject> history = [.. _status.ObjectsAt("history").Select(entry => (JsonObject)entry.DeepClone())];
        var entry = new JsonObject
        {
            ["id"] = history.Select(known => known.NumberAt("id") ?? 0).DefaultIfEmpty(-1).Max() + 1,
            ["deployStartedAt"] = startedAt,
            ["deployedAt"] = Now(),
            ["initiatedBy"] = operation.Json["initiatedBy"]?.DeepClone() ?? new JsonObject(),
        };
        AddSources(entry, operation, revisions);
        history.Add(entry);
        var kept = history.Skip(Math.Max(0, history.Count - (int)application.RevisionHistoryLimit));
        _status["history"] = new JsonArray([.. kept]);
    }

    /// <summary>Writes revision and source, or their lists, as history and results have them.</summary>
    public void AddSources(JsonObject into, SyncOperation operation, IReadOnlyList<string> revisions)
    {
        var sources = operation.Sources.Count > 0 ? operation.Sources : application.Sources;
        if (application.HasManySources)
        {
            into["revisions"] = Texts(revisions);
            into["sources"] = new JsonArray([.. sources.Select(source => source.Json.DeepClone())]);
        }
        else
        {
            into["revision"] = revisions.Count > 0 ? revisions[0] : "";
            into["source"] = sources.Count > 0 ? sources[0].Json.DeepClone() : null;
        }
    }

    /// <summary>The patch for the Application, or null when nothing changed that anybody could want to know.</summary>
    public JsonObject? Finish(bool wasRefreshed)
    {
        _status["controllerNamespace"] = controllerNamespace;
        var patch = MergePatch.Between(Stored, _status);
        if (patch is null && !wasRefreshed)
        {
            return null;
        }

        patch ??= [];
        patch["reconciledAt"] = Now();
        return patch;
    }

    private static JsonObject Resource(DiffEntry entry, LiveInventory inventory)
    {
        var key = entry.Target?.Key ?? entry.Live!.Key;
        var resource = new JsonObject();
        AddText(resource, "group", key.Group);
        resource["version"] = entry.Target?.Object.Gvk.Version ?? entry.Live!.Resource.Version;
        resource["kind"] = key.Kind;
        AddText(resource, "namespace", key.Namespace);
        resource["name"] = key.Name;
        if (entry.Target is { IsManaged: false })
        {
            resource["hook"] = true;
        }
        else
        {
            resource["status"] = entry.Code.ToString();
        }

        if (entry.Target is null && entry.Code == SyncCode.OutOfSync)
        {
            resource["requiresPruning"] = true;
        }

        if (entry.Target is { Wave: not 0 } target)
        {
            resource["syncWave"] = target.Wave;
        }

        AddHealth(resource, inventory.TryGet(key), entry.Target is not null);
        return resource;
    }

    private static void AddHealth(JsonObject resource, LiveObject? live, bool isWanted)
    {
        if (live is null && isWanted)
        {
            resource["health"] = new JsonObject { ["status"] = nameof(HealthCode.Missing) };
        }
        else if (live?.Health is { } health)
        {
            var json = new JsonObject { ["status"] = health.Code.ToString() };
            AddText(json, "message", health.Message);
            resource["health"] = json;
        }
    }

    private static void AddText(JsonObject json, string name, string value)
    {
        if (value.Length > 0)
        {
            json[name] = value;
        }
    }

    private void Copy(string name, JsonObject into)
    {
        if (application.Spec[name] is { } value)
        {
            into[name] = value.DeepClone();
        }
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
