using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>With <c>RespectIgnoreDifferences=true</c> a sync leaves ignored fields as they are in the cluster, by applying their live values.</summary>
/// <remarks>Leaving them out of what is applied would not do: a field that we own and no longer send is removed.</remarks>
internal sealed class RespectedFields(ToolBox tools)
{
    /// <summary>The target with the live values of its ignored fields; the same target where nothing is ignored or nothing lives.</summary>
    public async Task<Target> TakeLiveAsync(OperationContext context, Target target, ApiResource resource, LiveObject? known, CancellationToken cancellationToken)
    {
        List<IgnoreRule> rules = [.. context.Application.IgnoreRules.Where(rule => rule.Covers(target.Key))];
        if (known is null || rules.Count == 0 || !context.Options.RespectsIgnoreDifferences
            || await context.Cluster.Client.TryGetAsync(resource, target.Key.Namespace, target.Key.Name, cancellationToken) is not { } live)
        {
            return target;
        }

        var merged = target.Object.DeepClone();
        foreach (var rule in rules)
        {
            foreach (var pointer in rule.JsonPointers.Where(pointer => !pointer.StartsWith("/status", StringComparison.Ordinal)))
            {
                JsonPointer.Copy(live.Json, merged.Json, pointer);
            }

            foreach (var fields in ManagedFields.OwnedBy(live, rule.Managers))
            {
                ManagedFields.CopyOwned(live.Json, merged.Json, fields);
            }

            merged = rule.JqPathExpressions.Count == 0 ? merged : await CopyAsync(live, merged, rule.JqPathExpressions, cancellationToken);
        }

        return target with { Object = merged };
    }

    private async Task<KubernetesObject> CopyAsync(KubernetesObject live, KubernetesObject merged, IReadOnlyList<string> expressions, CancellationToken cancellationToken)
    {
        var paths = string.Join(", ", expressions.Select(expression => $"path({expression})"));
        var both = new JsonArray(merged.Json.DeepClone(), live.Json.DeepClone());
        var request = new ToolRequest
        {
            Arguments = ["-c", $".[1] as $live | .[0] | reduce ($live | ({paths})) as $p (.; if $p[0] == \"status\" then . else setpath($p; $live | getpath($p)) end)"],
            StandardInput = System.Text.Encoding.UTF8.GetBytes(both.ToJsonString()),
            Confinement = tools.Confine(),
            TimeLimit = TimeSpan.FromSeconds(1 + expressions.Count),
        };
        return KubernetesObject.Parse((await tools.Jq.RunCheckedAsync(request, cancellationToken)).Output);
    }
}
