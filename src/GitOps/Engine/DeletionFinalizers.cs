using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;

namespace SecretsOps.GitOps.Engine;

/// <summary>Keeps an Application that has PreDelete or PostDelete hooks from vanishing before they ran.</summary>
internal static class DeletionFinalizers
{
    public static async Task EnsureAsync(ApplicationStore store, Application application, IReadOnlyList<Target> targets, CancellationToken cancellationToken)
    {
        List<string> missing =
        [
            .. Wanted(targets, "PreDelete", Annotations.PreDeleteFinalizer),
            .. Wanted(targets, "PostDelete", Annotations.PostDeleteFinalizer),
        ];
        missing.RemoveAll(application.Finalizers.Contains);
        if (missing.Count > 0)
        {
            var finalizers = new JsonArray([.. application.Finalizers.Concat(missing).Select(name => (JsonNode)name)]);
            await store.PatchAsync(application.Key, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } }, cancellationToken);
        }
    }

    private static IEnumerable<string> Wanted(IReadOnlyList<Target> targets, string type, string finalizer) =>
        targets.Any(target => target.Hook.Types.Contains(type)) ? [finalizer] : [];
}
