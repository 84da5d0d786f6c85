using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Applications;

/// <summary>What the verbs of <c>secretsops app</c> do to Applications, once their options are read.</summary>
internal sealed class AppVerbs(AppClient applications, CliEnvironment environment)
{
    private const string CascadeFinalizer = "resources-finalizer.argocd.argoproj.io";

    private static readonly string[] SourceFields = ["revision", "revisions", "source", "sources"];

    /// <summary>Starts operations and follows each to its end; fails when one of them did.</summary>
    public async Task<int> SyncAsync(IReadOnlyList<string> names, Func<AppView, JsonObject> operation, TimeSpan limit, bool returnsAtOnce, CancellationToken cancellationToken)
    {
        var isGood = true;
        foreach (var name in names.Select(applications.Locate))
        {
            var application = await applications.GetAsync(name, cancellationToken).ConfigureAwait(false);
            await applications.StartAsync(name, operation(application), cancellationToken).ConfigureAwait(false);
            if (returnsAtOnce)
            {
                environment.Print($"{name}: sync asked for\n");
                continue;
            }

            isGood &= await FollowAsync(name, limit, cancellationToken).ConfigureAwait(false);
        }

        return (int)(isGood ? CliExitCode.Success : CliExitCode.Failure);
    }

    public async Task<int> WaitAsync(IReadOnlyList<string> names, Func<AppView?, bool> condition, string expectation, TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (var name in names.Select(applications.Locate))
        {
            var waiting = new AppWaiting(applications, environment, limit);
            var last = await waiting.UntilAsync(name, condition, expectation, new AppProgress(environment), cancellationToken).ConfigureAwait(false);
            environment.Print(last is null ? $"{name}: gone\n" : $"{name}: sync {last.Sync}, health {last.Health}\n");
        }

        return (int)CliExitCode.Success;
    }

    /// <summary>Syncs to what the history has under an id; without one, to the deployment before the newest.</summary>
    public async Task<int> RollbackAsync(string name, long? id, bool prunes, bool isDryRun, TimeSpan limit, CancellationToken cancellationToken)
    {
        var key = applications.Locate(name);
        var application = await applications.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (application.Policy != "Manual")
        {
            throw new CliException($"Application {key}: rollback cannot be performed when automated sync is on", "turn automated sync off, or change Git");
        }

        var entry = Deployment(application, id);
        var sync = new JsonObject { ["prune"] = prunes, ["dryRun"] = isDryRun };
        foreach (var field in SourceFields.Where(entry.ContainsKey))
        {
            sync[field] = entry[field]!.DeepClone();
        }

        var operation = new JsonObject { ["sync"] = sync, ["initiatedBy"] = new JsonObject { ["username"] = environment.Variable("USER") ?? "secretsops" } };
        await applications.StartAsync(key, operation, cancellationToken).ConfigureAwait(false);
        return (int)(await FollowAsync(key, limit, cancellationToken).ConfigureAwait(false) ? CliExitCode.Success : CliExitCode.Failure);
    }

    public async Task<int> TerminateAsync(string name, CancellationToken cancellationToken)
    {
        var key = applications.Locate(name);
        var application = await applications.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (application.OperationPhase is not "Running")
        {
            throw new CliException($"Application {key}: no operation is under way", "'secretsops app get' shows the last one");
        }

        await applications.PatchAsync(key, new JsonObject { ["status"] = new JsonObject { ["operationState"] = new JsonObject { ["phase"] = "Terminating" } } }, cancellationToken).ConfigureAwait(false);
        environment.Print($"{key}: the operation is being ended\n");
        return (int)CliExitCode.Success;
    }

    /// <summary>Deletes Applications, with all that they own or without it.</summary>
    public async Task<int> DeleteAsync(IReadOnlyList<string> names, string cascade, bool waits, TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (var key in names.Select(applications.Locate))
        {
            var application = await applications.GetAsync(key, cancellationToken).ConfigureAwait(false);
            await applications.PatchAsync(key, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = Finalizers(application, cascade) } }, cancellationToken).ConfigureAwait(false);
            await applications.Api.DeleteAsync(ApiResource.Applications, key.Namespace, key.Name, DeleteOptions.Default, cancellationToken).ConfigureAwait(false);
            if (waits)
            {
                await new AppWaiting(applications, environment, limit).UntilAsync(key, application => application is null, "deleted", null, cancellationToken).ConfigureAwait(false);
            }

            environment.Print($"{key}: {(waits ? "deleted" : "deletion asked for")}\n");
        }

        return (int)CliExitCode.Success;
    }

    /// <summary>Asks the engine to look again and waits until it has.</summary>
    public async Task<AppView> RefreshAsync(NamespacedName key, string kind, TimeSpan limit, CancellationToken cancellationToken)
    {
        const string Annotation = "argocd.argoproj.io/refresh";
        await applications.PatchAsync(key, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotation] = kind } } }, cancellationToken).ConfigureAwait(false);
        var refreshed = await new AppWaiting(applications, environment, limit)
            .UntilAsync(key, application => application?.Object.Annotation(Annotation) is null, "refreshed", null, cancellationToken).ConfigureAwait(false);
        return refreshed ?? throw new CliException($"Application {key} was deleted meanwhile");
    }

    private async Task<bool> FollowAsync(NamespacedName key, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waiting = new AppWaiting(applications, environment, limit);
        var last = await waiting.UntilAsync(key, IsOver, "synced", new AppProgress(environment), cancellationToken).ConfigureAwait(false);
        var isGood = last?.OperationPhase == "Succeeded";
        environment.Print(last is null ? $"{key}: gone\n" : $"{key}: {last.OperationPhase}: {last.OperationMessage}\n");
        return isGood;
    }

    private static bool IsOver(AppView? application) =>
        application is null || (application.Object.Json["operation"] is null && application.OperationPhase is "Succeeded" or "Failed" or "Error");

    private static JsonObject Deployment(AppView application, long? id)
    {
        var history = application.History;
        if (id is null)
        {
            return history.Count > 1 ? history[^2] : throw new CliException($"Application {application.FullName} has no earlier deployment", "'secretsops app history' shows those there are");
        }

        return history.FirstOrDefault(entry => AppView.TextOf(entry, "id") == id.Value.ToString(System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new CliException($"Application {application.FullName} has no deployment {id}", "'secretsops app history' shows those there are");
    }

    private static JsonArray Finalizers(AppView application, string cascade)
    {
        var others = (application.Object.Metadata["finalizers"] as JsonArray ?? []).Select(finalizer => finalizer?.ToString() ?? "").Where(finalizer => !finalizer.StartsWith(CascadeFinalizer, StringComparison.Ordinal));
        string[] own = cascade switch
        {
            "none" => [],
            "background" => [CascadeFinalizer + "/background"],
            _ => [CascadeFinalizer],
        };
        return new JsonArray([.. others.Concat(own).Select(finalizer => (JsonNode)finalizer)]);
    }
}
