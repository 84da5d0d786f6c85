using System.Text.RegularExpressions;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.SealedSecrets;

/// <summary>Holds the compatibility tables to what they claim: every row of the reference's checklist is there, and every test that they name exists.</summary>
public sealed partial class ChecklistTests
{
    // How many rows each family of the reference's section 9 has.
    private static readonly (string Family, int Rows)[] Families =
        [("WF", 21), ("KEY", 21), ("CRD", 5), ("REC", 30), ("ST", 7), ("TPL", 13), ("CLI", 42), ("HTTP", 12), ("MET", 4), ("LOG", 1), ("DEP", 7), ("PERF", 2)];

    private static readonly string[] Pages = ["compatibility.md", "compatibility-sealed-secrets.md", "compatibility-controller.md"];

    public static TheoryData<string> Rows => [.. Families.SelectMany(family => Enumerable.Range(1, family.Rows).Select(number => $"{family.Family}-{number}"))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_names_tests_that_exist_and_carry_its_name(string row)
    {
        var tests = TestsOf(row);

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.True(Exists(test), $"{row}: there is no test '{test}'"));
        Assert.Contains(tests, test => CarriesName(test, row));
    }

    [Fact]
    public void Every_defect_that_is_not_copied_has_its_reason()
    {
        var named = Pages.SelectMany(page => Read(page).Split('\n')).Where(line => line.StartsWith('|')).SelectMany(line => Defect().Matches(line).Select(match => match.Value)).ToHashSet();

        Assert.All(Enumerable.Range(1, 21), number => Assert.Contains($"D{number}", named));
    }

    private static string[] TestsOf(string row) =>
        [.. Pages.SelectMany(page => Read(page).Split('\n'))
            .Where(line => line.StartsWith($"| {row} |", StringComparison.Ordinal))
            .SelectMany(line => TestName().Matches(line).Select(match => match.Value))];

    private static string Read(string page) => File.ReadAllText(RepositoryRoot.Combine("docs", "reference", page));

    private static bool Exists(string test)
    {
        var (type, prefix) = (test.Split('.')[0], test.Split('.')[1]);
        return Directory.EnumerateFiles(RepositoryRoot.Combine("tests"), $"{type}.cs", SearchOption.AllDirectories)
            .Any(path => Regex.IsMatch(File.ReadAllText(path), $@"public (async )?(static )?(void|Task) {prefix}(_|\()"));
    }

    private static bool CarriesName(string test, string row) => Regex.IsMatch(test, $@"[._]{row.Replace('-', '_')}(_|$)");

    [GeneratedRegex(@"\bD[0-9]+\b")]
    private static partial Regex Defect();

    [GeneratedRegex("[A-Z][A-Za-z]+Tests\\.[A-Z]+_[0-9]+[A-Za-z_0-9]*")]
    private static partial Regex TestName();
}
