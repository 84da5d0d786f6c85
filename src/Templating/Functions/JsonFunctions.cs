using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's JSON functions, writing as Go's encoding/json does.</summary>
internal static class JsonFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("fromJson", [Text], call => Parse(call.Text(0), out _)),
        Function("mustFromJson", [Text], call => Parse(call.Text(0), out var problem) is var value && problem is null ? value : throw new TemplateFunctionException(problem!)),
        .. WithMust(Function("toJson", [Any], call => new GoJsonWriter(escapesHtml: true, indent: "").Write(call[0]))),
        .. WithMust(Function("toPrettyJson", [Any], call => new GoJsonWriter(escapesHtml: true, indent: "  ").Write(call[0]))),
        .. WithMust(Function("toRawJson", [Any], call => new GoJsonWriter(escapesHtml: false, indent: "").Write(call[0]))),
    ];

    private static object? Parse(string carrier, out string? problem)
    {
        try
        {
            problem = null;
            return GoJsonValue.From(JsonNode.Parse(ByteText.ToBytes(carrier), documentOptions: new JsonDocumentOptions { MaxDepth = 200, AllowDuplicateProperties = false }));
        }
        catch (JsonException)
        {
            problem = "the text is not JSON"; // the parser's own words may quote a secret
            return null;
        }
    }
}
