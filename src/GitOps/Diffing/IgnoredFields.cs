using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Takes the fields that an Application says to ignore off both sides of a comparison.</summary>
internal sealed class IgnoredFields(ToolBox tools)
{
    /// <summary>Gives copies of both sides without the ignored fields. Fields of a trusted manager count when <paramref name="live"/> has its managedFields.</summary>
    public async Task<(KubernetesObject Predicted, KubernetesObject Live)> StripAsync(
        KubernetesObject predicted, KubernetesObject live, IReadOnlyList<IgnoreRule> rules, CancellationToken cancellationToken)
    {
        var (left, right) = (predicted.DeepClone(), live.DeepClone());
        foreach (var rule in rules)
        {
            foreach (var manager in ManagedFields.OwnedBy(live, rule.Managers))
            {
                ManagedFields.RemoveOwned(left.Json, manager);
                ManagedFields.RemoveOwned(right.Json, manager);
            }

            foreach (var pointer in rule.JsonPointers)
            {
                JsonPointer.Remove(left.Json, pointer);
                JsonPointer.Remove(right.Json, pointer);
            }

            if (rule.JqPathExpressions.Count > 0)
            {
                left = await DeleteAsync(left, rule.JqPathExpressions, cancellationToken);
                right = await DeleteAsync(right, rule.JqPathExpressions, cancellationToken);
            }
        }

        return (left, right);
    }

    // Compatibility: an expression names paths; Argo CD runs del(<expression>) with a second to spare.
    private async Task<KubernetesObject> DeleteAsync(KubernetesObject value, IReadOnlyList<string> expressions, CancellationToken cancellationToken)
    {
        var request = new ToolRequest
        {
            Arguments = ["-c", string.Join(" | ", expressions.Select(expression => $"del({expression})"))],
            StandardInput = value.ToUtf8Json(),
            Confinement = tools.Confine(),
            TimeLimit = TimeSpan.FromSeconds(1) * expressions.Count + TimeSpan.FromSeconds(1),
        };
        var result = await tools.Jq.RunCheckedAsync(request, cancellationToken);
        return KubernetesObject.Parse(result.Output);
    }
}
