using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Tests;

/// <summary>Runs a template on JSON data, at a fixed time, in UTC.</summary>
internal static class Rendering
{
    private static readonly TemplateOptions Options = new()
    {
        TimeProvider = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 1, 2, 3, TimeSpan.Zero)),
        MaxSteps = 200_000,
        MaxBytes = 1 << 20,
    };

    public static string Run(string template, string json = "{}", MissingKey missingKey = MissingKey.NoValue) =>
        Encoding.UTF8.GetString(Template.Parse("t", template, Options with { MissingKey = missingKey }).Execute(GoJsonValue.From(JsonNode.Parse(json))));

    public static string ErrorOf(string template, string json = "{}", MissingKey missingKey = MissingKey.NoValue) =>
        Assert.Throws<TemplateException>(() => Run(template, json, missingKey)).Message;
}
