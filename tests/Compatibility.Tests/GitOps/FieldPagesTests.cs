using System.Text.RegularExpressions;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.GitOps;

/// <summary>Each page about a resource names every field that the code reads of it.</summary>
public sealed partial class FieldPagesTests
{
    // Names that the code reads of something else: of kustomizations, charts, variables, metadata and status.
    private static readonly HashSet<string> OthersNames =
    [
        "HOME", "dependencies", "repository", "pairs", "includeSelectors", "includeTemplates", "creationTimestamp", "finalizers", "phase",
        "apiVersion", "kind", "group", "version", "uid", "ownerReferences", "blockOwnerDeletion", "controller", "resourceVersion", "lastTransitionTime", "type",
    ];

    [Theory]
    [InlineData("application.md", "Applications", "Rendering/Helm", "Rendering/Kustomize/KustomizationEdits.cs", "Rendering/Kustomize/KustomizeRenderer.cs", "Rendering/Directory", "Rendering/Plugin/PluginEnvironment.cs", "Applying/SyncOperation.cs")]
    [InlineData("appproject.md", "Projects")]
    [InlineData("applicationset.md", "ApplicationSets")]
    public void A_page_names_every_field_that_is_read(string page, params string[] places)
    {
        var text = File.ReadAllText(RepositoryRoot.Combine("docs", "reference", page));
        var read = places.SelectMany(Sources).SelectMany(source => FieldName().Matches(source)).Select(match => match.Groups[1].Value + match.Groups[2].Value).Distinct().Except(OthersNames).ToList();

        Assert.True(read.Count > 10, $"{page}: only {read.Count} fields were found in the code");
        Assert.Empty(read.Where(name => !Regex.IsMatch(text, $@"\b{name}\b")).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Sources(string place)
    {
        var path = RepositoryRoot.Combine(["src", "GitOps", .. place.Split('/')]);
        return (File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText);
    }

    [GeneratedRegex("""(?:TextAt|TextsAt|FlagAt|NumberAt|ObjectsAt|MapAt)\("([a-zA-Z]+)"\)|\["([a-zA-Z]+)"\](?! =)""")]
    private static partial Regex FieldName();
}
