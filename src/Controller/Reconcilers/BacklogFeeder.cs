using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Hands a long list of names to a work queue a few at a time, so that what is new never waits behind what was there at the start.</summary>
internal sealed class BacklogFeeder(WorkQueue<NamespacedName> queue, int ahead, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Returns when every name was handed over.</summary>
    public async Task FeedAsync(IReadOnlyList<NamespacedName> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            while (queue.Count >= ahead)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }

            queue.Add(name);
        }
    }
}
