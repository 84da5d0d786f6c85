using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>When a hook object goes away again.</summary>
[Flags]
internal enum HookDeletion
{
    None = 0,
    BeforeHookCreation = 1,
    HookSucceeded = 2,
    HookFailed = 4,
}

/// <summary>What an object's annotations, Argo CD's and Helm's, say about hooks.</summary>
internal sealed record HookSettings(IReadOnlyList<string> Types, HookDeletion Deletion, bool IsSkipped)
{
    private static readonly Dictionary<string, string> HelmTypes = new()
    {
        ["pre-install"] = "PreSync",
        ["pre-upgrade"] = "PreSync",
        ["post-install"] = "PostSync",
        ["post-upgrade"] = "PostSync",
        ["pre-delete"] = "PreDelete",
        ["post-delete"] = "PostDelete",
    };

    private static readonly HashSet<string> KnownTypes = ["PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete"];

    public bool IsHook => Types.Count > 0;

    /// <summary>The phases of a sync in which the hook runs; deletion hooks have none.</summary>
    public IEnumerable<SyncPhase> Phases => Types.Where(type => type is not ("PreDelete" or "PostDelete")).Select(Enum.Parse<SyncPhase>);

    public static HookSettings Read(KubernetesObject value)
    {
        var own = Words(value.Annotation(Annotations.Hook));
        if (own.Length > 0)
        {
            List<string> types = [.. own.Where(KnownTypes.Contains).Distinct()];
            return new HookSettings(types, ReadDeletion(value), types.Count == 0 && own.Contains("Skip"));
        }

        var helm = Words(value.Annotation(Annotations.HelmHook));
        if (helm.Length == 0 || helm.Contains("crd-install"))
        {
            return new HookSettings([], HookDeletion.None, false);
        }

        // Compatibility: an object with only test or rollback hooks of Helm is left out altogether.
        List<string> mapped = [.. helm.Where(HelmTypes.ContainsKey).Select(type => HelmTypes[type]).Distinct()];
        return new HookSettings(mapped, ReadDeletion(value), mapped.Count == 0);
    }

    private static HookDeletion ReadDeletion(KubernetesObject value)
    {
        var deletion = HookDeletion.None;
        foreach (var word in Words(value.Annotation(Annotations.HookDeletePolicy)).Concat(Words(value.Annotation(Annotations.HelmHookDeletePolicy))))
        {
            deletion |= word switch
            {
                "BeforeHookCreation" or "before-hook-creation" => HookDeletion.BeforeHookCreation,
                "HookSucceeded" or "hook-succeeded" => HookDeletion.HookSucceeded,
                "HookFailed" or "hook-failed" => HookDeletion.HookFailed,
                _ => HookDeletion.None,
            };
        }

        return deletion == HookDeletion.None ? HookDeletion.BeforeHookCreation : deletion;
    }

    private static string[] Words(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
