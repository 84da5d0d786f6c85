using SecretsOps.GitOps.Applying;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Applying;

public sealed class HookSettingsTests
{
    [Theory]
    [InlineData("PreSync,PostSync", "PreSync,PostSync", false)]
    [InlineData("Skip", "", true)]
    [InlineData("SyncFail", "SyncFail", false)]
    public void Y14_an_object_may_be_a_hook_of_several_phases(string annotation, string types, bool isSkipped)
    {
        var hook = HookSettings.Read(With("argocd.argoproj.io/hook", annotation));

        Assert.Equal(types, string.Join(',', hook.Types));
        Assert.Equal(isSkipped, hook.IsSkipped);
    }

    [Theory]
    [InlineData("pre-install,pre-upgrade", "PreSync", false)]
    [InlineData("post-install", "PostSync", false)]
    [InlineData("test", "", true)]
    [InlineData("pre-rollback,test-success", "", true)]
    [InlineData("crd-install", "", false)]
    public void H14_helm_hooks_are_mapped(string annotation, string types, bool isSkipped)
    {
        var hook = HookSettings.Read(With("helm.sh/hook", annotation));

        Assert.Equal(types, string.Join(',', hook.Types));
        Assert.Equal(isSkipped, hook.IsSkipped);
    }

    [Fact]
    public void Y15_a_hook_without_policy_is_replaced_before_it_runs_again()
    {
        Assert.Equal(HookDeletion.BeforeHookCreation, HookSettings.Read(With("argocd.argoproj.io/hook", "Sync")).Deletion);
    }

    [Fact]
    public void Delete_policies_of_both_tools_add_up()
    {
        var value = With("argocd.argoproj.io/hook", "Sync");
        value.SetAnnotation("argocd.argoproj.io/hook-delete-policy", "HookSucceeded");
        value.SetAnnotation("helm.sh/hook-delete-policy", "hook-failed");

        Assert.Equal(HookDeletion.HookSucceeded | HookDeletion.HookFailed, HookSettings.Read(value).Deletion);
    }

    private static KubernetesObject With(string annotation, string text)
    {
        var value = new KubernetesObject(new GroupVersionKind("batch", "v1", "Job"), "ns", "job");
        value.SetAnnotation(annotation, text);
        return value;
    }
}
