using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Directory;

namespace SecretsOps.GitOps.Tests.Rendering;

/// <summary>Plain folders of manifests: which files count, and what a file may hold.</summary>
public sealed class DirectoryRendererTests : IDisposable
{
    private readonly RenderedFolder _folder = new RenderedFolder()
        .With("app/a.yaml", ConfigMap("a"))
        .With("app/b.json", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}""")
        .With("app/sub/c.yml", ConfigMap("c"))
        .With("app/sub/deep/d.yaml", ConfigMap("d"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task S01_files_of_the_folder_itself_count()
    {
        Assert.Equal(["a", "b"], await NamesAsync());
    }

    [Fact]
    public async Task S02_recurse_takes_subfolders_in()
    {
        Assert.Equal(["a", "b", "c", "d"], await NamesAsync("directory: {recurse: true}"));
    }

    [Theory]
    [InlineData("exclude: '{a.yaml,sub/*}'", "b")]
    [InlineData("include: '*.json'", "b")]
    [InlineData("include: '{a.yaml,sub/**}', exclude: '**/d.yaml'", "a,c")]
    [InlineData("include: 'a.yaml', exclude: 'a.yaml'", "")]
    public async Task S03_exclude_is_asked_before_include_and_alternatives_stand_in_braces(string selection, string expected) =>
        Assert.Equal(expected, string.Join(',', await NamesAsync($"directory: {{recurse: true, {selection}}}")));

    [Fact]
    public async Task S04_a_file_with_the_skip_marker_is_left_out_whatever_it_holds()
    {
        _folder.With("app/values.yaml", "# +argocd:skip-file-rendering\nthis: is no manifest\n");

        Assert.Equal(["a", "b"], await NamesAsync());
    }

    [Fact]
    public async Task S05_other_extensions_count_only_without_the_filter()
    {
        _folder.With("app/e.txt", ConfigMap("e"));

        Assert.Equal(["a", "b"], await NamesAsync());
        Assert.Equal(["a", "b", "e"], await NamesAsync("directory: {disableExtensionFilter: true}"));
    }

    [Fact]
    public async Task S06_the_items_of_a_list_are_objects_of_their_own()
    {
        _folder.With("list/l.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n- {apiVersion: v1, kind: Secret, metadata: {name: why}}\n")
            .With("list/m.yaml", "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: z}}\n");

        var rendered = await _folder.RenderAsync(new DirectoryRenderer(), "list");

        Assert.Equal(["ConfigMap/x", "Secret/why", "ConfigMap/z"], rendered.Select(item => $"{item.Kind}/{item.Name}"));
    }

    [Theory]
    [InlineData("---\n---\n")]
    [InlineData("# only words\n")]
    [InlineData("---\nnull\n---\n# nothing\n")]
    [InlineData("")]
    public async Task S07_documents_without_content_are_no_objects_and_no_error(string content)
    {
        _folder.With("app/empty.yaml", content);

        Assert.Equal(["a", "b"], await NamesAsync());
    }

    [Fact]
    public async Task S08_manifests_of_more_than_ten_megabytes_are_refused_with_a_remedy()
    {
        _folder.With("big/one.yaml", Padded("one")).With("big/two.yaml", Padded("two"));

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new DirectoryRenderer(), "big"));
        var half = await _folder.RenderAsync(new DirectoryRenderer(), "big", "directory: {exclude: two.yaml}");

        Assert.Contains("more than the limit of 10 MiB", refused.Message, StringComparison.Ordinal);
        Assert.Equal("one", Assert.Single(half).Name);

        static string Padded(string name) => ConfigMap(name) + string.Concat(Enumerable.Repeat("# " + new string('x', 1022) + "\n", 6 * 1024));
    }

    private static string ConfigMap(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n";

    private async Task<IEnumerable<string>> NamesAsync(string source = "{}") =>
        (await _folder.RenderAsync(new DirectoryRenderer(), "app", source)).Select(item => item.Name);
}
