using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Reconcilers;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Controller.Tests.Reconcilers;

public sealed class SecretPlanTests
{
    private static readonly KubernetesObject Owner = Parse("""{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","metadata":{"name":"db","namespace":"shop","uid":"u1"}}""");

    [Fact]
    public void REC_1_a_missing_Secret_is_created()
    {
        var change = SecretPlan.For(Desired(), null, Owner, "");

        Assert.Equal("db", Assert.IsType<SecretChange.Create>(change).Secret.Name);
    }

    [Fact]
    public void REC_5_removed_items_labels_and_annotations_vanish()
    {
        var live = Live(data: """{"old":"b2xk","password":"YQ=="}""", metadata: ""","labels":{"gone":"1"},"annotations":{"gone":"1"},"ownerReferences":[{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","name":"db","uid":"u1","controller":true}]""");

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired(), live, Owner, "")).Secret;

        Assert.Equal("""{"password":"YQ=="}""", updated.Json["data"]!.ToJsonString());
        Assert.Null(updated.Label("gone"));
        Assert.Null(updated.Annotation("gone"));
        Assert.Equal("7", updated.ResourceVersion);
    }

    [Fact]
    public void REC_6_a_Secret_that_is_right_is_left_alone() =>
        Assert.IsType<SecretChange.None>(SecretPlan.For(Desired(), Owned(), Owner, ""));

    [Fact]
    public void REC_6_an_empty_type_keeps_the_type_the_API_server_gave() =>
        Assert.IsType<SecretChange.None>(SecretPlan.For(Desired(), Owned(type: "kubernetes.io/basic-auth"), Owner, ""));

    [Fact]
    public void REC_7_an_unmanaged_Secret_is_not_touched() =>
        Assert.IsType<SecretChange.NotOurs>(SecretPlan.For(Desired(), Live(), Owner, ""));

    [Fact]
    public void REC_8_a_managed_Secret_is_overwritten_owned_and_loses_the_annotation()
    {
        var live = Live(metadata: ""","annotations":{"sealedsecrets.bitnami.com/managed":"true"}""");

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired(), live, Owner, "")).Secret;

        Assert.Null(updated.Annotation(SealedSecretNames.Managed));
        Assert.Equal("u1", SecretOwner.Text(SecretOwner.ControllerOf(updated), "uid"));
    }

    [Fact]
    public void REC_8_only_the_exact_text_true_makes_a_Secret_managed() =>
        Assert.IsType<SecretChange.NotOurs>(SecretPlan.For(Desired(), Live(metadata: ""","annotations":{"sealedsecrets.bitnami.com/managed":"True"}"""), Owner, ""));

    [Fact]
    public void REC_9_patch_merges_keys_labels_and_annotations_and_takes_no_ownership()
    {
        var live = Live(data: """{"other":"b3RoZXI="}""", metadata: ""","labels":{"kept":"1"},"annotations":{"sealedsecrets.bitnami.com/patch":"true"}""");

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired("""{"labels":{"new":"2"}}"""), live, Owner, "")).Secret;

        Assert.Equal("""{"other":"b3RoZXI=","password":"YQ=="}""", updated.Json["data"]!.ToJsonString());
        Assert.Equal(("1", "2"), (updated.Label("kept"), updated.Label("new")));
        Assert.Null(SecretOwner.ControllerOf(updated));
    }

    [Fact]
    public void REC_10_patch_and_managed_merge_and_take_ownership()
    {
        var live = Live(data: """{"other":"b3RoZXI="}""", metadata: ""","annotations":{"sealedsecrets.bitnami.com/patch":"true","sealedsecrets.bitnami.com/managed":"true"}""");

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired(), live, Owner, "")).Secret;

        Assert.Equal(2, ((JsonObject)updated.Json["data"]!).Count);
        Assert.NotNull(SecretOwner.ControllerOf(updated));
    }

    [Fact]
    public void REC_11_patch_works_on_an_empty_Secret()
    {
        var live = Live(data: "null", metadata: ""","annotations":{"sealedsecrets.bitnami.com/patch":"true"}""");

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired(), live, Owner, "")).Secret;

        Assert.Equal("""{"password":"YQ=="}""", updated.Json["data"]!.ToJsonString());
    }

    [Fact]
    public void REC_13_a_Secret_without_owner_reference_is_recognised_by_uid_or_by_the_annotation()
    {
        var byUid = SecretPlan.For(Unowned(), Live(data: "{}"), Owner, knownUid: "s1");
        var byAnnotation = SecretPlan.For(Unowned(), Live(data: "{}", metadata: ""","annotations":{"sealedsecrets.bitnami.com/skip-set-owner-references":"true"}"""), Owner, "");
        var foreign = SecretPlan.For(Unowned(), Live(data: "{}"), Owner, "another");

        Assert.IsType<SecretChange.Update>(byUid);
        Assert.IsType<SecretChange.Update>(byAnnotation);
        Assert.IsType<SecretChange.NotOurs>(foreign);
    }

    [Fact]
    public void REC_22_an_immutable_Secret_with_other_data_is_impossible_in_upstreams_words()
    {
        var change = SecretPlan.For(Desired(), Owned(data: """{"password":"b3RoZXI="}""", extra: ""","immutable":true"""), Owner, "");

        Assert.Contains("the target Secret is immutable", Assert.IsType<SecretChange.Impossible>(change).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_immutable_Secret_with_the_same_data_is_left_alone() =>
        Assert.IsType<SecretChange.None>(SecretPlan.For(Desired(), Owned(extra: ""","immutable":true"""), Owner, ""));

    [Fact]
    public void Immutable_in_the_template_reaches_a_Secret_that_is_there_already()
    {
        var desired = Desired();
        desired.Json["immutable"] = true;

        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(desired, Owned(), Owner, "")).Secret;

        Assert.True(updated.Json["immutable"]!.GetValue<bool>());
    }

    [Fact]
    public void A_changed_type_is_impossible_and_says_so()
    {
        var desired = Desired();
        desired.Json["type"] = "kubernetes.io/basic-auth";

        var change = SecretPlan.For(desired, Owned(), Owner, "");

        Assert.Equal("its type is 'Opaque' and cannot become 'kubernetes.io/basic-auth'", Assert.IsType<SecretChange.Impossible>(change).Reason);
    }

    [Fact]
    public void REC_26_the_Secret_of_a_predecessor_of_the_same_name_is_taken_over_before_it_is_collected()
    {
        var updated = Assert.IsType<SecretChange.Update>(SecretPlan.For(Desired(), Owned(uid: "u0"), Owner, "")).Secret;

        Assert.Equal("u1", SecretOwner.Text(SecretOwner.ControllerOf(updated), "uid"));
    }

    [Fact]
    public void The_Secret_of_another_kind_of_owner_is_not_ours()
    {
        var live = Live(metadata: ""","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"db","uid":"x","controller":true}]""");

        Assert.IsType<SecretChange.NotOurs>(SecretPlan.For(Desired(), live, Owner, ""));
    }

    private static KubernetesObject Desired(string? moreMetadata = null)
    {
        var secret = Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop","ownerReferences":[{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","name":"db","uid":"u1","controller":true}]},"data":{"password":"YQ=="}}""");
        foreach (var (key, value) in (JsonObject)JsonNode.Parse(moreMetadata ?? "{}")!)
        {
            secret.Metadata[key] = value?.DeepClone();
        }

        return secret;
    }

    private static KubernetesObject Unowned() =>
        Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop","annotations":{"sealedsecrets.bitnami.com/skip-set-owner-references":"true"}},"data":{"password":"YQ=="}}""");

    private static KubernetesObject Owned(string data = """{"password":"YQ=="}""", string uid = "u1", string type = "Opaque", string extra = "") =>
        Live(data, ""","ownerReferences":[{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","name":"db","uid":"UID","controller":true}]""".Replace("UID", uid, StringComparison.Ordinal), type, extra);

    private static KubernetesObject Live(string data = """{"password":"YQ=="}""", string metadata = "", string type = "Opaque", string extra = "") =>
        Parse("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\",\"namespace\":\"shop\",\"uid\":\"s1\",\"resourceVersion\":\"7\"" + metadata + "},\"type\":\"" + type + "\",\"data\":" + data + extra + "}");

    private static KubernetesObject Parse(string json) => KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
}
