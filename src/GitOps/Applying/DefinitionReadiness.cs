using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Applying;

/// <summary>Waits until a new kind is served, so that its objects can follow in the same sync.</summary>
internal static class DefinitionReadiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task WaitAsync(DestinationCluster cluster, Target target, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            var live = await cluster.Client.TryGetAsync(ApiResource.CustomResourceDefinitions, "", target.Key.Name, cancellationToken);
            if (live?.Condition("Established")?.Status() == "True")
            {
                break;
            }

            await Task.Delay(Pause, cancellationToken);
        }

        cluster.Discovery.Forget(target.Object.TextAt("spec", "group"));
    }
}
