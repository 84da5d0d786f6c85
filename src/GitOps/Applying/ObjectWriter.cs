using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Writes one object: server-side apply, or replace where asked; recreates it where <c>Force</c> allows and a field is immutable.</summary>
internal sealed class ObjectWriter(TimeProvider clock)
{
    /// <summary>The field manager that Argo CD uses, so that both can take turns on one cluster.</summary>
    public const string FieldManager = "argocd-controller";

    /// <summary>How long a deleted object may take to go; Pods alone may take 30 s to end.</summary>
    public TimeSpan DeletionPatience { get; init; } = TimeSpan.FromSeconds(90);

    public static ApplyOptions ApplyOptions(bool isDryRun, string validation) =>
        new() { FieldManager = FieldManager, Force = true, DryRun = isDryRun, FieldValidation = validation };

    /// <summary>Unknown fields are errors unless <c>Validate=false</c>.</summary>
    public static string Validation(SyncOptions options, KubernetesObject value) =>
        options.ValueFor(value, "Validate") == "false" ? "Ignore" : "Strict";

    /// <summary>Asks the server whether it would take the object; nothing is stored.</summary>
    /// <exception cref="ApiException">It would not.</exception>
    public static Task<KubernetesObject> TryOutAsync(DestinationCluster cluster, Target target, ApiResource resource, SyncOptions options, CancellationToken cancellationToken) =>
        SendAsync(cluster, target, resource, options, isDryRun: true, cancellationToken);

    /// <summary>The object has a field that its kind does not have; server-side apply answers that as if the server were at fault.</summary>
    public static bool IsMisfit(ApiException exception) => exception.Message.Contains("field not declared in schema", StringComparison.Ordinal);

    /// <exception cref="ApiException">The server refused the object.</exception>
    public async Task<Change> WriteAsync(DestinationCluster cluster, Target target, ApiResource resource, LiveObject? live, SyncOptions options, CancellationToken cancellationToken)
    {
        var name = ObjectNames.Kubectl(target.Key);
        var mustForce = options.IsSetFor(target.Object, "Force");
        try
        {
            var stored = options.IsSetFor(target.Object, "Replace")
                ? await ReplaceAsync(cluster, target, resource, live, mustForce, cancellationToken)
                : await ApplyAsync(cluster, target, resource, live, options, cancellationToken);
            var after = cluster.Inventory.Put(stored, resource);
            return Describe(name, live, after, options.IsSetFor(target.Object, "ServerSideApply"));
        }
        catch (ApiException exception) when (mustForce && live is not null && (exception.IsInvalid || exception.IsConflict))
        {
            await DeleteAndWaitAsync(cluster, resource, live, cancellationToken);
            var stored = await cluster.Client.ApplyAsync(resource, target.Object, ApplyOptions(isDryRun: false, Validation(options, target.Object)), cancellationToken);
            return new Change(ChangeAction.Created, $"{name} replaced", cluster.Inventory.Put(stored, resource));
        }
    }

    /// <summary>Deletes an object and waits until it is gone, so that its name is free.</summary>
    /// <exception cref="ApiException">It is still there, and the message says what holds it; or the server refused.</exception>
    public async Task DeleteAndWaitAsync(DestinationCluster cluster, ApiResource resource, LiveObject live, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        await cluster.Client.TryDeleteAsync(resource, live.Key.Namespace, live.Key.Name, new DeleteOptions { PropagationPolicy = PropagationPolicy.Foreground, PreconditionUid = live.Uid }, cancellationToken);
        while (await cluster.Client.TryGetAsync(resource, live.Key.Namespace, live.Key.Name, cancellationToken) is { } remaining && remaining.Uid == live.Uid)
        {
            if (clock.GetElapsedTime(since) > DeletionPatience)
            {
                var holders = remaining.Metadata["finalizers"] is JsonArray { Count: > 0 } finalizers ? $", held by finalizers {string.Join(", ", finalizers)}" : "";
                throw new ApiException($"{live.Key}: still there {DeletionPatience.TotalSeconds:0} s after it was deleted to be created anew{holders}; sync again once it is gone", 400, "StillDeleting");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    private static Change Describe(string name, LiveObject? before, LiveObject after, bool saysServerSide)
    {
        if (before is null)
        {
            return new Change(ChangeAction.Created, saysServerSide ? $"{name} serverside-applied" : $"{name} created", after);
        }

        var isUnchanged = before.Uid == after.Uid && before.ResourceVersion == after.ResourceVersion;
        return isUnchanged
            ? new Change(ChangeAction.Unchanged, saysServerSide ? $"{name} serverside-applied" : $"{name} unchanged", after)
            : new Change(ChangeAction.Configured, saysServerSide ? $"{name} serverside-applied" : $"{name} configured", after);
    }

    private static async Task<KubernetesObject> ApplyAsync(DestinationCluster cluster, Target target, ApiResource resource, LiveObject? live, SyncOptions options, CancellationToken cancellationToken)
    {
        if (live?.WasAppliedByClient == true && options.ValueFor(target.Object, "ClientSideApplyMigration") != "false")
        {
            await OwnershipMigration.RunAsync(cluster.Client, resource, live.Key, cancellationToken);
        }

        return await SendAsync(cluster, target, resource, options, isDryRun: false, cancellationToken);
    }

    // With Validate=false an unknown field is dropped by the server, which server-side apply never does: such an object is created, or merged.
    private static async Task<KubernetesObject> SendAsync(DestinationCluster cluster, Target target, ApiResource resource, SyncOptions options, bool isDryRun, CancellationToken cancellationToken)
    {
        var validation = Validation(options, target.Object);
        try
        {
            return await cluster.Client.ApplyAsync(resource, target.Object, ApplyOptions(isDryRun, validation), cancellationToken);
        }
        catch (ApiException exception) when (validation == "Ignore" && IsMisfit(exception))
        {
            var patch = new PatchOptions { FieldManager = FieldManager, DryRun = isDryRun, FieldValidation = validation };
            return cluster.Inventory.TryGet(target.Key) is null
                ? await cluster.Client.CreateAsync(resource, target.Object, new WriteOptions { FieldManager = FieldManager, DryRun = isDryRun, FieldValidation = validation }, cancellationToken)
                : await cluster.Client.PatchAsync(resource, target.Key.Namespace, target.Key.Name, PatchType.Merge, target.Object.ToUtf8Json(), patch, cancellationToken);
        }
    }

    private async Task<KubernetesObject> ReplaceAsync(DestinationCluster cluster, Target target, ApiResource resource, LiveObject? live, bool mustForce, CancellationToken cancellationToken)
    {
        var write = new WriteOptions { FieldManager = FieldManager };
        if (live is not null && mustForce && target.Key.Kind is not ("Namespace" or "CustomResourceDefinition"))
        {
            await DeleteAndWaitAsync(cluster, resource, live, cancellationToken);
            live = null;
        }

        if (live is null)
        {
            return await cluster.Client.CreateAsync(resource, target.Object, write, cancellationToken);
        }

        var replacement = target.Object.DeepClone();
        replacement.Metadata["resourceVersion"] = live.ResourceVersion;
        return await cluster.Client.UpdateAsync(resource, replacement, write, cancellationToken);
    }
}
