using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Patching;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Tests.Differential;

/// <summary>Runs a scenario through this cluster's pure functions, without any server.</summary>
internal sealed class PureRun
{
    private KindSchema? _kind;
    private JsonObject? _live;
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static List<JsonObject> Of(Scenario scenario)
    {
        var run = new PureRun();
        return [.. scenario.Steps.Select(run.Step).OfType<JsonObject>()];
    }

    private JsonObject? Step(ScenarioStep step)
    {
        if (step.Verb == "CRD")
        {
            var crd = step.Json()!.AsObject();
            var definition = BuiltInSchema.For(new("apiextensions.k8s.io", "v1", "CustomResourceDefinition"))!;
            var created = new ObjectWrite { Kind = definition, Manager = "crd", Now = _now, NewUid = "CRD" }.Create(crd);
            _kind = CrdSchema.For(created, step.Option("version", "v1"));
            return null;
        }

        _now = _now.AddSeconds(2);
        try
        {
            var (code, body) = Carry(step);
            return Answers.Normalize(code, body);
        }
        catch (ApiRejectionException rejection)
        {
            return Answers.Normalize(rejection.Code, rejection.Status);
        }
    }

    private (int Code, JsonObject Body) Carry(ScenarioStep step)
    {
        var bytes = Encoding.UTF8.GetBytes(step.Body.Replace("$NS", "ns", StringComparison.Ordinal));
        var parsed = step.Verb == "GET" ? null : FieldValidation.Parse(bytes);
        _kind ??= BuiltInSchema.For(GroupVersionKind.Parse(parsed!["apiVersion"]!.ToString(), parsed["kind"]!.ToString()))!;
        if (step.Has("strict") && parsed is JsonObject map && FieldValidation.Check(bytes, _kind.UnknownFields(map)) is { Count: > 0 } problems)
        {
            throw step.Verb is "POST" or "PUT" ? FieldValidation.Rejection(_kind, problems) : FieldValidation.PatchRejection(problems);
        }

        var write = new ObjectWrite
        {
            Kind = _kind,
            Live = step.Verb == "POST" ? null : _live,
            Manager = step.Option("manager", "tester"),
            Subresource = step.Has("status") ? "status" : "",
            Now = _now,
            Target = (_kind.IsNamespaced ? "ns" : "", step.Verb == "APPLY" ? "subject" : ""),
            NewUid = "11111111-2222-3333-4444-555555555555",
        };
        var isNew = write.Live is null;
        _live = step.Verb switch
        {
            "POST" => write.Create((JsonObject)parsed!),
            "PUT" => write.Update((JsonObject)parsed!),
            "JSON" => write.Patch(PatchForm.Json, parsed),
            "MERGE" => write.Patch(PatchForm.Merge, parsed),
            "STRATEGIC" => write.Patch(PatchForm.Strategic, parsed),
            "APPLY" => write.Apply((JsonObject)parsed!, step.Has("force")),
            _ => _live,
        };
        return (isNew ? 201 : 200, _live!);
    }
}
