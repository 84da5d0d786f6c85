using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's semantic versions.</summary>
internal static class SemanticVersionFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("semver", [Text], call => ToMap(call.Text(0))),
        Function("semverCompare", [Text, Text], call => VersionConstraint.Parse(call.Text(0)).Allows(SemanticVersion.Parse(call.Text(1)))),
    ];

    private static GoMap ToMap(string text)
    {
        var version = SemanticVersion.Parse(text);
        return new GoMap
        {
            ["Major"] = version.Major,
            ["Minor"] = version.Minor,
            ["Patch"] = version.Patch,
            ["Prerelease"] = version.Prerelease,
            ["Metadata"] = version.Metadata,
            ["Original"] = text,
        };
    }
}
