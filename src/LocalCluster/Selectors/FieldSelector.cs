using System.Text.Json;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Selectors;

/// <summary>A field selector as <c>fieldSelector=</c> writes it: <c>metadata.name=a,status.phase!=Running</c>.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> FieldsOfKind = new(StringComparer.Ordinal)
    {
        ["pods"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        ["events"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        ["secrets"] = ["type"],
        ["namespaces"] = ["status.phase"],
        ["nodes"] = ["spec.unschedulable"],
        ["services"] = ["spec.clusterIP", "spec.type"],
        ["replicasets.apps"] = ["status.replicas"],
        ["replicationcontrollers"] = ["status.replicas"],
        ["jobs.batch"] = ["status.successful"],
        ["certificatesigningrequests.certificates.k8s.io"] = ["spec.signerName"],
    };

    private readonly IReadOnlyList<(string[] Path, bool IsEqual, string Value)> _terms;

    private FieldSelector(IReadOnlyList<(string[] Path, bool IsEqual, string Value)> terms) => _terms = terms;

    internal bool IsEmpty => _terms.Count == 0;

    /// <summary>The one name that can match, when the selector asks for one.</summary>
    internal string? Name => _terms.Where(term => term.IsEqual && term.Path is ["metadata", "name"]).Select(term => term.Value).FirstOrDefault();

    /// <exception cref="StatusException">The text is no selector, or the kind cannot be selected by that field.</exception>
    internal static FieldSelector Parse(ResourceKind kind, string text) =>
        new([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(term => ParseTerm(kind, term.Trim()))]);

    internal bool Matches(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return _terms.All(term => (ValueAt(document.RootElement, term.Path) == term.Value) == term.IsEqual);
    }

    private static (string[] Path, bool IsEqual, string Value) ParseTerm(ResourceKind kind, string term)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw ApiErrors.BadRequest($"invalid selector: '{term}'; can't understand '{term}'");
        }

        var isEqual = term[at - 1] != '!';
        var field = term[..(isEqual ? at : at - 1)];
        var value = term[(at + 1)..].TrimStart('=');
        if (field is not ("metadata.name" or "metadata.namespace") && !SelectableFields(kind).Contains(field))
        {
            throw ApiErrors.BadRequest(
                $"Unable to find \"{kind.Gvk.Group}/{kind.Gvk.Version}, Resource={kind.Plural}\" that match label selector \"\", field selector \"{term}\": field label not supported: {field}");
        }

        return (field.Split('.'), isEqual, value);
    }

    private static IEnumerable<string> SelectableFields(ResourceKind kind) => kind.Custom is { } custom
        ? (custom.Version["selectableFields"] as System.Text.Json.Nodes.JsonArray ?? []).Select(field => field!["jsonPath"]!.GetValue<string>().TrimStart('.'))
        : FieldsOfKind.GetValueOrDefault(kind.QualifiedPlural, []);

    private static string ValueAt(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "";
            }
        }

        return element.ValueKind is JsonValueKind.String ? element.GetString()! : element.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? "" : element.GetRawText();
    }
}
