namespace SecretsOps.GitOps.Tests.Rendering;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*.yaml", "a.yaml", true)]
    [InlineData("*.yaml", "sub/a.yaml", true)]
    [InlineData("{x.yaml,sub/*}", "x.yaml", true)]
    [InlineData("{x.yaml,sub/*}", "sub/deep/y.yaml", true)]
    [InlineData("{x.yaml,sub/*}", "y.yaml", false)]
    [InlineData("config-[ab].json", "config-a.json", true)]
    [InlineData("config-[!ab].json", "config-a.json", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a\\*c", "abc", false)]
    [InlineData("a\\*c", "a*c", true)]
    [InlineData("a.c", "abc", false)]
    public void Without_separator_a_star_crosses_slashes(string pattern, string text, bool expected) =>
        Assert.Equal(expected, GlobPattern.IsMatch(pattern, text));

    [Theory]
    [InlineData("https://example.org/*", "https://example.org/team", true)]
    [InlineData("https://example.org/*", "https://example.org/team/repo", false)]
    [InlineData("https://example.org/**", "https://example.org/team/repo", true)]
    public void With_separator_only_two_stars_cross_slashes(string pattern, string text, bool expected) =>
        Assert.Equal(expected, GlobPattern.IsMatch(pattern, text, GlobSeparator.Slash));

    [Theory]
    [InlineData("env/**/*.yaml", "env/a.yaml", true)]
    [InlineData("env/**/*.yaml", "env/x/y/a.yaml", true)]
    [InlineData("env/**/*.yaml", "environment/a.yaml", false)]
    [InlineData("**/a.yaml", "a.yaml", true)]
    [InlineData("env/*.yaml", "env/x/a.yaml", false)]
    [InlineData("env/**", "env/x/a.yaml", true)]
    public void Among_files_two_stars_also_stand_for_no_folder(string pattern, string text, bool expected) =>
        Assert.Equal(expected, GlobPattern.IsMatch(pattern, text, GlobSeparator.Folder));
}
