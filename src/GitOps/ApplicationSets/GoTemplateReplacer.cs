using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Templating;
using SecretsOps.Templating.Functions;
using SecretsOps.Templating.Values;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Renders each string as a Go template of its own, with Sprig and Argo CD's five functions.</summary>
internal sealed class GoTemplateReplacer(IReadOnlyList<string> options) : ParameterReplacer
{
    private static readonly FunctionTable Functions = Sprig.Functions.With(
    [
        new TemplateFunction("normalize", [ParameterKind.Text], call => ByteText.FromText(ParameterText.Normalize(Text(call, 0)))),
        new TemplateFunction("slugify", [ParameterKind.Any], Slug.Make) { IsVariadic = true },
        new TemplateFunction("toYaml", [ParameterKind.Any], ToYaml),
        new TemplateFunction("fromYaml", [ParameterKind.Text], call => FromYaml(call) as GoMap
            ?? throw new TemplateFunctionException("fromYaml: the text is not a mapping")),
        new TemplateFunction("fromYamlArray", [ParameterKind.Text], call => FromYaml(call) as GoList
            ?? throw new TemplateFunctionException("fromYamlArray: the text is not a list")),
    ]);

    private readonly TemplateOptions _options = Options(options);

    public override string Replace(string text, JsonObject parameters)
    {
        if (!text.Contains("{{", StringComparison.Ordinal))
        {
            return text;
        }

        try
        {
            return Encoding.UTF8.GetString(Template.Parse("", text, _options).Execute(GoJsonValue.From(parameters)));
        }
        catch (TemplateException e)
        {
            throw new ApplicationSetException($"spec.template: the Go template '{text}' fails: {e.Message}.", e);
        }
    }

    private static TemplateOptions Options(IReadOnlyList<string> options)
    {
        var result = new TemplateOptions { Functions = Functions };
        foreach (var option in options)
        {
            result = result with
            {
                MissingKey = option switch
                {
                    "missingkey=default" or "missingkey=invalid" => MissingKey.NoValue,
                    "missingkey=zero" => MissingKey.Zero,
                    "missingkey=error" => MissingKey.Error,
                    _ => throw new ApplicationSetException(
                        $"spec.goTemplateOptions: '{option}' is unknown; known are missingkey=default, missingkey=zero and missingkey=error."),
                },
            };
        }

        return result;
    }

    private static string Text(FunctionCall call, int i) => ByteText.ToText((string)call.Arguments[i]!);

    private static string ToYaml(FunctionCall call)
    {
        var yaml = Kubernetes.Objects.YamlText.FromJson(JsonNode.Parse(GoJsonValue.ToJson(call.Arguments[0])));
        return ByteText.FromBytes(yaml).TrimEnd('\n');
    }

    private static object? FromYaml(FunctionCall call)
    {
        try
        {
            return GoJsonValue.From(Generators.YamlParameters.Document(ByteText.ToBytes((string)call.Arguments[0]!), "fromYaml"));
        }
        catch (ApplicationSetException e)
        {
            throw new TemplateFunctionException(e.Message, e);
        }
    }
}
