using System.Text.Json.Nodes;
using SecretsOps.GitOps.ApplicationSets;

namespace SecretsOps.GitOps.Tests.ApplicationSets;

public sealed class GoTemplateReplacerTests
{
    private static readonly JsonObject Parameters = (JsonObject)JsonNode.Parse(
        """{"name":"Dev_1.EU","path":{"basename":"app"},"list":["a","b"],"n":3,"text":"Some Longer Text, With Words"}""")!;

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{ .name }}-{{ .path.basename }}", "Dev_1.EU-app")]
    [InlineData("{{ normalize .name }}", "dev-1.eu")]
    [InlineData("{{ .text | slugify }}", "some-longer-text-with-words")]
    [InlineData("{{ slugify 12 true .text }}", "some-longer")]
    [InlineData("{{ slugify 7 false .text }}", "some-lo")]
    [InlineData("{{ toYaml .list }}", "- a\n- b")]
    [InlineData("{{ (fromYaml \"a: {b: 5}\").a.b }}", "5")]
    [InlineData("{{ index (fromYamlArray \"[x, z]\") 1 }}", "z")]
    [InlineData("{{ range $i, $e := .list }}{{ $i }}{{ $e }}{{ end }}", "0a1b")]
    [InlineData("{{ .missing }}", "<no value>")]
    [InlineData("{{ .n }}", "3")]
    public void E11_strings_are_go_templates_with_argo_cds_functions(string text, string expected) =>
        Assert.Equal(expected, new GoTemplateReplacer([]).Replace(text, Parameters));

    [Fact]
    public void E12_a_missing_key_can_be_an_error_that_shows_the_template()
    {
        var error = Assert.Throws<ApplicationSetException>(() => new GoTemplateReplacer(["missingkey=error"]).Replace("{{ .missing }}", Parameters));

        Assert.Contains("'{{ .missing }}'", error.Message);
        Assert.Contains("map has no entry for key \"missing\"", error.Message);
    }

    [Fact]
    public void E11_the_environment_stays_out_of_reach() =>
        Assert.Contains(
            "function \"env\" not defined",
            Assert.Throws<ApplicationSetException>(() => new GoTemplateReplacer([]).Replace("{{ env \"HOME\" }}", Parameters)).Message);

    [Fact]
    public void An_unknown_option_is_named() =>
        Assert.Contains("'missingkey=x' is unknown", Assert.Throws<ApplicationSetException>(() => new GoTemplateReplacer(["missingkey=x"])).Message);
}
