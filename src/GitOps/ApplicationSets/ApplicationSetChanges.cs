using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Engine;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Creates, updates and deletes the Applications of a set, each as far as the policy allows; an equal Application is not written.</summary>
internal sealed class ApplicationSetChanges(ApiClient client, ApplicationStore applications, ApplicationMerge merge, EventRecorder events)
{
    public const string FieldManager = "argocd-applicationset-controller";

    /// <summary>Creates what is missing and updates what differs; gives a sentence for each Application that could not be written.</summary>
    public async Task<IReadOnlyList<string>> BringAsync(ApplicationSetSpec spec, ApplicationSetPolicy policy, IReadOnlyList<KubernetesObject> wanted, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var application in wanted)
        {
            try
            {
                var live = applications.TryGet(application.NamespacedName);
                if (live is null)
                {
                    await CreateAsync(spec, application, cancellationToken);
                }
                else if (ApplicationOwner.Other(live.Object, spec.Object) is { } other)
                {
                    failures.Add($"application {application.Name} is controlled by {other}: choose another name");
                }
                else if (policy.AllowsUpdate && !live.Object.IsBeingDeleted)
                {
                    await UpdateAsync(spec, live, application, cancellationToken);
                }
            }
            catch (ApiException exception)
            {
                failures.Add($"application {application.Name}: {exception.Message}");
            }
        }

        return failures;
    }

    /// <summary>Deletes Applications that are no longer generated; gives the reason why they are kept where they are against expectation.</summary>
    public async Task<string?> RemoveAsync(ApplicationSetSpec spec, ApplicationSetPolicy policy, IReadOnlyList<Application> owned, GeneratedApplications generated, CancellationToken cancellationToken)
    {
        var names = generated.Applications.Select(application => application.Name).ToHashSet(StringComparer.Ordinal);
        List<Application> surplus = [.. owned.Where(application => !names.Contains(application.Key.Name) && !application.Object.IsBeingDeleted)];
        if (!policy.AllowsDelete || surplus.Count == 0)
        {
            return null;
        }

        if (names.Count == 0 && spec.Object.Annotation(Annotations.AllowEmpty) != "true")
        {
            return $"the generators yield nothing, and {surplus.Count} Applications are kept: annotate the set with {Annotations.AllowEmpty}=true to have them deleted, or delete the set";
        }

        foreach (var application in surplus)
        {
            if (spec.PreservesResourcesOnDeletion)
            {
                await KeepResourcesAsync(application, cancellationToken);
            }

            await client.TryDeleteAsync(ApiResource.Applications, application.Key.Namespace, application.Key.Name, new DeleteOptions { PreconditionUid = application.Object.Uid }, cancellationToken);
            await events.RecordAsync(spec.Object, "Deleted", $"Deleted Application \"{application.Key.Name}\"", cancellationToken);
        }

        return null;
    }

    /// <summary>Ends a set that is being deleted: where its policy forbids to delete Applications they lose their owner first.</summary>
    public async Task ReleaseAsync(ApplicationSetSpec spec, IReadOnlyList<Application> owned, CancellationToken cancellationToken)
    {
        var finalizers = spec.Object.Metadata.TextsAt("finalizers");
        if (!finalizers.Contains(Annotations.ResourcesFinalizer))
        {
            return;
        }

        foreach (var application in owned)
        {
            if (!spec.Policy.AllowsDelete)
            {
                var references = ApplicationOwner.Without(application.Object.Metadata["ownerReferences"] as JsonArray, spec.Object);
                await applications.PatchAsync(application.Key, new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = references } }, cancellationToken);
            }
            else if (spec.PreservesResourcesOnDeletion)
            {
                await KeepResourcesAsync(application, cancellationToken);
            }
        }

        var rest = new JsonArray([.. finalizers.Where(name => name != Annotations.ResourcesFinalizer).Select(name => (JsonNode)name)]);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = rest, ["resourceVersion"] = spec.Object.ResourceVersion } };
        await client.PatchAsync(ApiResource.ApplicationSets, spec.Object.Namespace, spec.Object.Name, PatchType.Merge, new KubernetesObject(patch).ToUtf8Json(), new PatchOptions { FieldManager = FieldManager }, cancellationToken);
    }

    private async Task CreateAsync(ApplicationSetSpec spec, KubernetesObject application, CancellationToken cancellationToken)
    {
        var owned = application.DeepClone();
        owned.Metadata["ownerReferences"] = ApplicationOwner.With(null, spec.Object);
        await client.CreateAsync(ApiResource.Applications, owned, new WriteOptions { FieldManager = FieldManager }, cancellationToken);
        await events.RecordAsync(spec.Object, "created", $"created Application \"{application.Name}\"", cancellationToken);
    }

    private async Task UpdateAsync(ApplicationSetSpec spec, Application live, KubernetesObject application, CancellationToken cancellationToken)
    {
        if (await merge.PatchAsync(spec, live, application, cancellationToken) is { } patch)
        {
            await applications.PatchAsync(live.Key, patch, cancellationToken);
            await events.RecordAsync(spec.Object, "updated", $"updated Application \"{application.Name}\"", cancellationToken);
        }
    }

    // What it made stays in the cluster only if nobody cascades.
    private async Task KeepResourcesAsync(Application application, CancellationToken cancellationToken)
    {
        var rest = application.Finalizers.Where(name => !name.StartsWith(Annotations.ResourcesFinalizer, StringComparison.Ordinal)).ToList();
        if (rest.Count < application.Finalizers.Count)
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray([.. rest.Select(name => (JsonNode)name)]) } };
            await applications.PatchAsync(application.Key, patch, cancellationToken);
        }
    }
}
