using System.Text.RegularExpressions;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.GitOps;

/// <summary>Holds the page on Argo CD to what it claims: each row of the checklist has one line, which names tests that exist and carry the row's name, or says why there is none.</summary>
public sealed partial class ArgoChecklistTests
{
    private const string LeftOut = "left out: ";

    // How many rows each family of the reference's section 13 has.
    private static readonly (char Family, int Rows)[] Families =
    [
        ('S', 16), ('R', 10), ('H', 15), ('K', 5), ('M', 6), ('P', 7), ('D', 5), ('C', 19), ('T', 10), ('Y', 46), ('A', 14), ('W', 5),
        ('G', 11), ('J', 13), ('L', 9), ('F', 8), ('E', 23), ('O', 15), ('Q', 5),
    ];

    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs", "reference", "compatibility-argocd.md"));

    public static TheoryData<string> Rows => [.. Ids];

    private static IEnumerable<string> Ids => Families.SelectMany(family => Enumerable.Range(1, family.Rows).Select(number => $"{family.Family}{number:00}"));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_has_a_test_of_its_name_or_a_reason(string row)
    {
        var cell = Assert.Single(Cells(row));
        var tests = TestName().Matches(cell).Select(match => match.Value).ToList();

        Assert.True(tests.Count > 0 ^ cell.StartsWith(LeftOut, StringComparison.Ordinal), $"{row}: '{cell}' names neither tests nor a reason, or both");
        Assert.True(tests.Count > 0 || cell.Length > LeftOut.Length + 20, $"{row}: the reason is too short to be one");
        Assert.All(tests, test => Assert.True(Exists(test), $"{row}: there is no test '{test}'"));
        Assert.All(tests, test => Assert.Matches($@"[._]{row}(_|$)", test));
    }

    [Fact]
    public void The_page_has_no_other_rows()
    {
        var told = RowLine().Matches(Page).Select(match => match.Groups[1].Value);

        Assert.Equal(Ids.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_other_pages_lead_here() =>
        Assert.Contains("(compatibility-argocd.md)", File.ReadAllText(RepositoryRoot.Combine("docs", "reference", "compatibility.md")), StringComparison.Ordinal);

    private static IEnumerable<string> Cells(string row) =>
        Page.Split('\n').Where(line => line.StartsWith($"| {row} |", StringComparison.Ordinal)).Select(line => line.TrimEnd(' ', '|').Split(" | ")[^1].Trim());

    private static bool Exists(string test)
    {
        var (type, prefix) = (test.Split('.')[0], test.Split('.')[1]);
        return Directory.EnumerateFiles(RepositoryRoot.Combine("tests"), $"{type}.cs", SearchOption.AllDirectories)
            .Any(path => Regex.IsMatch(File.ReadAllText(path), $@"public (async )?(static )?(void|Task) {prefix}(_|\()"));
    }

    [GeneratedRegex(@"^\| ([A-Z][0-9]{2}) \|", RegexOptions.Multiline)]
    private static partial Regex RowLine();

    [GeneratedRegex(@"[A-Z][A-Za-z]+Tests\.[A-Z][0-9]{2}[A-Za-z_0-9]*")]
    private static partial Regex TestName();
}
