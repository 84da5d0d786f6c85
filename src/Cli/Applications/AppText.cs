using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Applications;

/// <summary>Prints Applications for people, and for programs with <c>-o</c>.</summary>
internal static class AppText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static string List(IReadOnlyList<AppView> applications, string format) => format switch
    {
        "name" => string.Concat(applications.Select(application => application.FullName + "\n")),
        "json" => Json(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. applications.Select(application => (JsonNode)application.Object.Json.DeepClone())]) }),
        "yaml" => string.Concat(applications.Select(application => "---\n" + Yaml(application.Object.Json))),
        _ => Table(applications),
    };

    public static string Details(AppView application)
    {
        var text = new StringBuilder();
        Line(text, "Name:", application.FullName);
        Line(text, "Project:", application.Project);
        Line(text, "Server:", application.Server);
        Line(text, "Namespace:", application.Namespace);
        foreach (var source in application.Sources)
        {
            Line(text, "Source:", AppView.TextOf(source, "repoURL"));
            Line(text, AppView.TextOf(source, "chart").Length > 0 ? "  Chart:" : "  Path:", AppView.TextOf(source, "chart") is { Length: > 0 } chart ? chart : AppView.TextOf(source, "path"));
            Line(text, "  Target:", AppView.TextOf(source, "targetRevision") is { Length: > 0 } target ? target : "HEAD");
        }

        Line(text, "Sync Policy:", application.Policy);
        Line(text, "Sync Status:", application.Revision.Length > 0 ? $"{application.Sync} ({application.Revision})" : application.Sync);
        Line(text, "Health Status:", application.Health);
        if (application.OperationPhase.Length > 0)
        {
            Line(text, "Last Operation:", $"{application.OperationPhase}: {application.OperationMessage}");
        }

        return text.Append(Conditions(application)).Append('\n').Append(Resources(application)).ToString();
    }

    public static string Resources(AppView application)
    {
        var results = application.Results.ToDictionary(Identity, result => AppView.TextOf(result, "message"), StringComparer.Ordinal);
        var table = new TextTable("GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "HOOK", "MESSAGE");
        foreach (var resource in application.Resources)
        {
            table.Add(
                AppView.TextOf(resource, "group"),
                AppView.TextOf(resource, "kind"),
                AppView.TextOf(resource, "namespace"),
                AppView.TextOf(resource, "name"),
                AppView.TextOf(resource, "requiresPruning") == "true" ? "OutOfSync (prune)" : AppView.TextOf(resource, "status"),
                resource["health"] is JsonObject health ? AppView.TextOf(health, "status") : "",
                AppView.TextOf(resource, "hook") == "true" ? "hook" : "",
                results.GetValueOrDefault(Identity(resource), ""));
        }

        return table.ToString();
    }

    public static string History(AppView application)
    {
        var table = new TextTable("ID", "DATE", "REVISION", "BY");
        foreach (var entry in application.History)
        {
            var revisions = entry["revisions"] is JsonArray many ? string.Join(',', many.Select(revision => revision?.ToString())) : AppView.TextOf(entry, "revision");
            var by = entry["initiatedBy"] as JsonObject ?? [];
            table.Add(AppView.TextOf(entry, "id"), AppView.TextOf(entry, "deployedAt"), revisions, AppView.TextOf(by, "automated") == "true" ? "automated sync" : AppView.TextOf(by, "username"));
        }

        return table.ToString();
    }

    public static string Yaml(JsonObject json) => Encoding.UTF8.GetString(YamlText.FromJson(json));

    public static string Json(JsonNode json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static string Table(IReadOnlyList<AppView> applications)
    {
        var table = new TextTable("NAME", "CLUSTER", "NAMESPACE", "PROJECT", "STATUS", "HEALTH", "SYNCPOLICY", "REVISION", "CONDITIONS");
        foreach (var application in applications)
        {
            var conditions = string.Join(',', application.Conditions.Select(condition => AppView.TextOf(condition, "type")).Distinct());
            table.Add(application.FullName, application.Server, application.Namespace, application.Project, application.Sync, application.Health, application.Policy, application.Revision, conditions.Length > 0 ? conditions : "<none>");
        }

        return table.ToString();
    }

    private static string Conditions(AppView application)
    {
        var text = new StringBuilder();
        foreach (var condition in application.Conditions)
        {
            Line(text, AppView.TextOf(condition, "type") + ":", AppView.TextOf(condition, "message"));
        }

        return text.ToString();
    }

    internal static string Identity(JsonObject resource) =>
        $"{AppView.TextOf(resource, "group")}/{AppView.TextOf(resource, "kind")}/{AppView.TextOf(resource, "namespace")}/{AppView.TextOf(resource, "name")}";

    private static void Line(StringBuilder text, string label, string value) => text.Append(CultureInfo.InvariantCulture, $"{label,-20}{value}").Append('\n');
}
