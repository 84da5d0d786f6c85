namespace SecretsOps.Templating.Tests;

public sealed class PlaceholderTemplateTests
{
    [Theory]
    [InlineData("{{cluster}}-{{ url }}", "dev-https://x")]
    [InlineData("{{unknown}} {{cluster}}", "{{unknown}} dev")]
    [InlineData("{{cluster", "{{cluster")]
    [InlineData("{{ metadata.labels.a/b }}", "labelled")]
    [InlineData("}}{{cluster}}{{", "}}dev{{")]
    [InlineData("", "")]
    public void Known_names_are_replaced_and_the_rest_stays(string text, string expected)
    {
        var parameters = new Dictionary<string, string> { ["cluster"] = "dev", ["url"] = "https://x", ["metadata.labels.a/b"] = "labelled" };

        Assert.Equal(expected, PlaceholderTemplate.Render(text, parameters));
    }
}
