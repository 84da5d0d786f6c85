using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What is wrong with a pod's specification, in a pod or in a template.</summary>
internal static class PodValidation
{
    /// <summary>Checks containers, volumes and their references; null restart policies are checked by the caller.</summary>
    public static IEnumerable<FieldError> Spec(JsonObject spec, string path, string[]? restartPolicies)
    {
        var volumes = (spec["volumes"] as JsonArray ?? []).OfType<JsonObject>().Select(volume => Text(volume, "name")).ToList();
        var errors = new List<FieldError>();
        errors.AddRange(Volumes(volumes, path));
        if (spec["containers"] is not JsonArray { Count: > 0 })
        {
            errors.Add(FieldError.Required(path + ".containers"));
        }

        var names = new HashSet<string>();
        foreach (var list in new[] { "containers", "initContainers" })
        {
            var containers = spec[list] as JsonArray ?? [];
            for (var i = 0; i < containers.Count; i++)
            {
                errors.AddRange(Container(containers[i] as JsonObject ?? [], $"{path}.{list}[{i}]", names, volumes));
            }
        }

        var policy = Text(spec, "restartPolicy");
        if (restartPolicies is not null && policy.Length > 0 && !restartPolicies.Contains(policy))
        {
            errors.Add(FieldError.NotSupported(path + ".restartPolicy", policy, restartPolicies));
        }

        return errors;
    }

    private static IEnumerable<FieldError> Volumes(List<string> volumes, string path)
    {
        for (var i = 0; i < volumes.Count; i++)
        {
            var field = $"{path}.volumes[{i}].name";
            if (volumes[i].Length == 0)
            {
                yield return FieldError.Required(field);
            }

            foreach (var problem in volumes[i].Length == 0 ? [] : ObjectNames.Label(volumes[i]))
            {
                yield return FieldError.Invalid(field, volumes[i], problem);
            }

            if (volumes.IndexOf(volumes[i]) < i)
            {
                yield return FieldError.Duplicate(field, volumes[i]);
            }
        }
    }

    private static IEnumerable<FieldError> Container(JsonObject container, string path, HashSet<string> names, List<string> volumes)
    {
        var name = Text(container, "name");
        if (name.Length == 0)
        {
            yield return FieldError.Required(path + ".name");
        }
        else if (!names.Add(name))
        {
            yield return FieldError.Duplicate(path + ".name", name);
        }

        foreach (var problem in name.Length == 0 ? [] : ObjectNames.Label(name))
        {
            yield return FieldError.Invalid(path + ".name", name, problem);
        }

        if (Text(container, "image").Length == 0)
        {
            yield return FieldError.Required(path + ".image");
        }

        foreach (var error in Ports(container, path).Concat(Environment(container, path)).Concat(Mounts(container, path, volumes)))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Ports(JsonObject container, string path) =>
        (container["ports"] as JsonArray ?? []).Select((port, i) => (Number: JsonNumbers.Of(port?["containerPort"]), Index: i))
            .Where(port => port.Number is < 1 or > 65535)
            .Select(port => port.Number == 0
                ? FieldError.Required($"{path}.ports[{port.Index}].containerPort")
                : FieldError.Invalid($"{path}.ports[{port.Index}].containerPort", port.Number, "must be between 1 and 65535, inclusive"));

    private static IEnumerable<FieldError> Environment(JsonObject container, string path)
    {
        var variables = container["env"] as JsonArray ?? [];
        for (var i = 0; i < variables.Count; i++)
        {
            if (Text(variables[i] as JsonObject ?? [], "name").Length == 0)
            {
                yield return FieldError.Required($"{path}.env[{i}].name");
            }

            if (Text(variables[i] as JsonObject ?? [], "value").Length > 0 && variables[i]?["valueFrom"] is not null)
            {
                yield return FieldError.Invalid($"{path}.env[{i}].valueFrom", "", "may not be specified when `value` is not empty");
            }
        }
    }

    private static IEnumerable<FieldError> Mounts(JsonObject container, string path, List<string> volumes)
    {
        var mounts = container["volumeMounts"] as JsonArray ?? [];
        for (var i = 0; i < mounts.Count; i++)
        {
            var mount = mounts[i] as JsonObject ?? [];
            if (Text(mount, "name").Length == 0)
            {
                yield return FieldError.Required($"{path}.volumeMounts[{i}].name");
            }

            if (!volumes.Contains(Text(mount, "name")))
            {
                yield return new(FieldErrorType.NotFound, $"{path}.volumeMounts[{i}].name", "") { BadValue = FieldError.Show(Text(mount, "name")) };
            }

            if (Text(mount, "mountPath").Length == 0)
            {
                yield return FieldError.Required($"{path}.volumeMounts[{i}].mountPath");
            }
        }
    }

    private static string Text(JsonObject map, string name) =>
        map[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
