using System.Text;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Tests.Objects;

public sealed class ManifestReaderTests
{
    [Fact]
    public void Yaml_documents_come_in_order_and_empty_ones_are_left_out()
    {
        var objects = Read("---\n# nothing\n---\napiVersion: v1\nkind: A\nmetadata: {name: x}\n---\napiVersion: apps/v1\nkind: B\n...\n---\n");

        Assert.Equal(["v1/A", "apps/v1/B"], objects.Select(item => item.Gvk.ToString()));
        Assert.Equal("x", objects[0].Name);
    }

    [Fact]
    public void Json_objects_may_follow_each_other() =>
        Assert.Equal(["A", "B"], Read("{\"apiVersion\":\"v1\",\"kind\":\"A\"}\n {\"apiVersion\":\"v1\",\"kind\":\"B\"}").Select(item => item.Kind));

    [Fact]
    public void Yaml_in_flow_style_is_not_mistaken_for_json() =>
        Assert.Equal("A", Read("{apiVersion: v1, kind: A}").Single().Kind);

    [Fact]
    public void Lists_are_expanded_on_request()
    {
        const string list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A}\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: B}]}\n";

        Assert.Equal(["List"], Read(list).Select(item => item.Kind));
        Assert.Equal(["A", "B"], Read(list, new ManifestReadOptions { ExpandLists = true }).Select(item => item.Kind));
    }

    [Theory]
    [InlineData("kind: A", "m.yaml, line 1: the object has no apiVersion")]
    [InlineData("apiVersion: v1", "m.yaml, line 1: the object has no kind")]
    [InlineData("just text", "m.yaml, line 1: expected a mapping with apiVersion and kind")]
    [InlineData("apiVersion: v1\nkind: A\n---\n- x", "m.yaml, document 2, line 3: expected a mapping with apiVersion and kind")]
    [InlineData("{\"apiVersion\":\"v1\",\n\"kind\":\"A\",\n\"kind\":\"B\"}", "m.yaml")]
    [InlineData("{\"apiVersion\":\"v1\",\n\"kind\": \"A\"]", "m.yaml, line 2: the text is not JSON")]
    public void Errors_say_what_is_missing_and_where(string text, string expected)
    {
        var error = Assert.Throws<ManifestException>(() => Read(text));

        Assert.StartsWith(expected, error.Message);
    }

    [Fact]
    public void Errors_do_not_repeat_what_may_be_secret()
    {
        foreach (var text in new[] { "a: \"hunter2", "{\"a\": hunter2}", "password: hunter2\n bad: [", "a: 'x'hunter2" })
        {
            Assert.DoesNotContain("hunter2", Assert.Throws<ManifestException>(() => Read(text)).Message);
        }
    }

    private static IReadOnlyList<KubernetesObject> Read(string text, ManifestReadOptions? options = null) =>
        ManifestReader.Read(Encoding.UTF8.GetBytes(text), "m.yaml", options ?? ManifestReadOptions.Default);
}
