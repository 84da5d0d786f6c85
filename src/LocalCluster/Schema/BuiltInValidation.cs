using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What is wrong with an object of a built-in kind, beyond its metadata.</summary>
internal static class BuiltInValidation
{
    private const int MaximumDataBytes = 1024 * 1024;

    /// <summary>The syntax of a kind's object names.</summary>
    public static Func<string, IEnumerable<string>> NameSyntax(GroupVersionKind kind) => kind.Kind switch
    {
        "Namespace" or "Service" => ObjectNames.LabelWithoutDots,
        "Role" or "ClusterRole" or "RoleBinding" or "ClusterRoleBinding" => ObjectNames.PathSegment,
        _ => ObjectNames.Subdomain,
    };

    /// <summary>Checks enumerations by the published types, and what each kind demands.</summary>
    public static IEnumerable<FieldError> Check(GroupVersionKind kind, JsonObject body, StructuralSchema root)
    {
        var spec = body["spec"] as JsonObject ?? [];
        var special = kind.Kind switch
        {
            "Secret" => SecretValidation.Check(body),
            "ConfigMap" => ConfigMap(body),
            "Service" => Service(spec),
            "Pod" => PodValidation.Spec(spec, "spec", ["Always", "OnFailure", "Never"]),
            "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet" => Workload(spec, ["Always"]),
            "Job" => JobSpec(spec, "spec"),
            "CronJob" => CronJob(spec),
            "RoleBinding" or "ClusterRoleBinding" => RoleBinding(body),
            "Role" or "ClusterRole" => Rules(body),
            "Ingress" => Ingress(spec),
            "PersistentVolumeClaim" => Claim(spec),
            "CustomResourceDefinition" => CrdValidation.Definition(body),
            _ => [],
        };
        return Negative(spec).Concat(special).Concat(Enumerations(body, root, ""));
    }

    /// <summary>Data of config maps and secrets: keys and total size.</summary>
    public static IEnumerable<FieldError> Data(JsonObject? data, string field, ref int total)
    {
        var errors = new List<FieldError>();
        foreach (var (key, value) in (data ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            errors.AddRange(ObjectNames.ConfigKey(key).Select(problem => FieldError.Invalid($"{field}[{key}]", key, problem)));
            var text = value?.ToString() ?? "";
            total += field == "data" && !text.AsSpan().ContainsAnyExceptInRange('\0', '\x7f') ? text.Length : System.Text.Encoding.UTF8.GetByteCount(text);
        }

        return errors;
    }

    /// <summary>Data that is too large.</summary>
    public static IEnumerable<FieldError> TooLarge(string field, int total) =>
        total > MaximumDataBytes ? [FieldError.TooLong(field, MaximumDataBytes)] : [];

    private static List<FieldError> ConfigMap(JsonObject body)
    {
        var total = 0;
        var errors = Data(body["data"] as JsonObject, "data", ref total).ToList();
        errors.AddRange(Data(body["binaryData"] as JsonObject, "binaryData", ref total));
        foreach (var (key, _) in body["binaryData"] as JsonObject ?? [])
        {
            if (body["data"]?[key] is not null)
            {
                errors.Add(FieldError.Invalid($"data[{key}]", key, "duplicate of key present in binaryData"));
            }
        }

        errors.AddRange(TooLarge("", total));
        return errors;
    }

    private static IEnumerable<FieldError> Negative(JsonObject spec)
    {
        foreach (var name in new[] { "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "backoffLimit", "parallelism", "completions" })
        {
            if (spec[name] is JsonValue value && JsonNumbers.Of(value) < 0)
            {
                yield return FieldError.Invalid("spec." + name, value, "must be greater than or equal to 0");
            }
        }
    }

    private static IEnumerable<FieldError> Workload(JsonObject spec, string[] restartPolicies)
    {
        var template = spec["template"] as JsonObject ?? [];
        var labels = template["metadata"]?["labels"] as JsonObject;
        if (spec["selector"] is not JsonObject selector)
        {
            yield return FieldError.Required("spec.selector");
            yield return FieldError.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
        }
        else if (selector["matchLabels"] is not JsonObject { Count: > 0 } && selector["matchExpressions"] is not JsonArray { Count: > 0 })
        {
            yield return FieldError.Invalid("spec.selector", selector, "empty selector is invalid for deployment");
        }
        else if ((selector["matchLabels"] as JsonObject ?? []).Any(pair => labels?[pair.Key]?.ToString() != pair.Value?.ToString()))
        {
            yield return FieldError.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
        }

        foreach (var error in MetadataValidation.Labels(labels, "spec.template.labels")
            .Concat(PodValidation.Spec(template["spec"] as JsonObject ?? [], "spec.template.spec", restartPolicies)))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> JobSpec(JsonObject spec, string path)
    {
        var template = spec["template"] as JsonObject ?? [];
        var pod = template["spec"] as JsonObject ?? [];
        return PodValidation.Spec(pod, path + ".template.spec", null).Concat(pod["restartPolicy"]?.ToString() switch
        {
            "OnFailure" or "Never" => [],
            null or "" or "Always" => [FieldError.Required(path + ".template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"")],
            var other => [FieldError.NotSupported(path + ".template.spec.restartPolicy", other, ["OnFailure", "Never"])],
        });
    }

    private static IEnumerable<FieldError> CronJob(JsonObject spec)
    {
        var schedule = spec["schedule"]?.ToString() ?? "";
        if (schedule.Length == 0)
        {
            yield return FieldError.Required("spec.schedule");
        }
        else if (CronSchedule.Problem(schedule) is { } problem)
        {
            yield return FieldError.Invalid("spec.schedule", schedule, problem);
        }

        foreach (var error in JobSpec(spec["jobTemplate"]?["spec"] as JsonObject ?? [], "spec.jobTemplate.spec"))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Service(JsonObject spec)
    {
        var ports = spec["ports"] as JsonArray ?? [];
        var isHeadless = spec["clusterIP"]?.ToString() == "None";
        if (ports.Count == 0 && !isHeadless && spec["type"]?.ToString() != "ExternalName")
        {
            yield return FieldError.Required("spec.ports");
        }

        if (spec["type"]?.ToString() == "ExternalName" && string.IsNullOrEmpty(spec["externalName"]?.ToString()))
        {
            yield return FieldError.Required("spec.externalName");
        }

        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i] as JsonObject ?? [];
            if (ports.Count > 1 && string.IsNullOrEmpty(port["name"]?.ToString()))
            {
                yield return FieldError.Required($"spec.ports[{i}].name");
            }

            if (JsonNumbers.Of(port["port"]) is not (> 0 and < 65536))
            {
                yield return FieldError.Invalid($"spec.ports[{i}].port", port["port"], "must be between 1 and 65535, inclusive");
            }

            if (port["targetPort"] is JsonValue target && target.GetValueKind() is System.Text.Json.JsonValueKind.Number
                && JsonNumbers.Of(target) is not (> 0 and < 65536))
            {
                yield return FieldError.Invalid($"spec.ports[{i}].targetPort", target, "must be between 1 and 65535, inclusive");
            }
        }
    }

    private static IEnumerable<FieldError> RoleBinding(JsonObject body)
    {
        var role = body["roleRef"] as JsonObject ?? [];
        if (role["kind"]?.ToString() is not ("Role" or "ClusterRole"))
        {
            yield return FieldError.NotSupported("roleRef.kind", role["kind"] ?? "", ["ClusterRole", "Role"]);
        }

        if (string.IsNullOrEmpty(role["name"]?.ToString()))
        {
            yield return FieldError.Required("roleRef.name");
        }

        var subjects = body["subjects"] as JsonArray ?? [];
        for (var i = 0; i < subjects.Count; i++)
        {
            if (string.IsNullOrEmpty(subjects[i]?["name"]?.ToString()))
            {
                yield return FieldError.Required($"subjects[{i}].name");
            }

            if (subjects[i]?["kind"]?.ToString() is not ("ServiceAccount" or "User" or "Group"))
            {
                yield return FieldError.NotSupported($"subjects[{i}].kind", subjects[i]?["kind"] ?? "", ["Group", "ServiceAccount", "User"]);
            }
            else if (subjects[i]!["kind"]!.ToString() == "ServiceAccount" && body["kind"]?.ToString() == "ClusterRoleBinding"
                && string.IsNullOrEmpty(subjects[i]!["namespace"]?.ToString()))
            {
                yield return FieldError.Required($"subjects[{i}].namespace");
            }
        }
    }

    private static IEnumerable<FieldError> Rules(JsonObject body)
    {
        var rules = body["rules"] as JsonArray ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i] as JsonObject ?? [];
            if (rule["verbs"] is not JsonArray { Count: > 0 })
            {
                yield return FieldError.Required($"rules[{i}].verbs", "verbs must contain at least one value");
            }

            var isUrl = rule["nonResourceURLs"] is JsonArray { Count: > 0 };
            if (!isUrl && rule["apiGroups"] is not JsonArray { Count: > 0 })
            {
                yield return FieldError.Required($"rules[{i}].apiGroups", "resource rules must supply at least one api group");
            }

            if (!isUrl && rule["resources"] is not JsonArray { Count: > 0 })
            {
                yield return FieldError.Required($"rules[{i}].resources", "resource rules must supply at least one resource");
            }
        }
    }

    private static IEnumerable<FieldError> Ingress(JsonObject spec)
    {
        if (spec["rules"] is not JsonArray { Count: > 0 } && spec["defaultBackend"] is null)
        {
            yield return FieldError.Invalid("spec", null, "either `defaultBackend` or `rules` must be specified");
        }
    }

    private static IEnumerable<FieldError> Claim(JsonObject spec)
    {
        if (spec["accessModes"] is not JsonArray { Count: > 0 })
        {
            yield return FieldError.Required("spec.accessModes", "at least 1 access mode is required");
        }

        if (spec["resources"]?["requests"]?["storage"] is null)
        {
            yield return FieldError.Required("spec.resources[storage]");
        }
    }

    private static IEnumerable<FieldError> Enumerations(JsonNode? node, StructuralSchema schema, string path)
    {
        if (node is JsonObject map && schema.Map is { } shape)
        {
            foreach (var (name, child) in map)
            {
                var below = path.Length == 0 ? name : $"{path}.{name}";
                var allowed = shape.Fields.GetValueOrDefault(name)?.Enum ?? [];
                var isWrong = allowed.Count > 0 && child is JsonValue && child.ToString().Length > 0 && !allowed.Contains(child.ToString());
                if (isWrong && below == "spec.strategy.type")
                {
                    // Compatibility: a deployment's strategy is shown as the API server's internal structure.
                    yield return FieldError.NotSupported("spec.strategy", new JsonObject { ["Type"] = child!.ToString(), ["RollingUpdate"] = null }, allowed);
                    continue;
                }

                IEnumerable<FieldError> errors = isWrong && name != "restartPolicy"
                    ? [FieldError.NotSupported(below, child, allowed)]
                    : Enumerations(child, shape.TypeOf(name), below);
                foreach (var error in errors)
                {
                    yield return error;
                }
            }
        }
        else if (node is JsonArray list && schema.List is { } listShape)
        {
            foreach (var error in list.SelectMany((item, i) => Enumerations(item, listShape.Element, $"{path}[{i}]")))
            {
                yield return error;
            }
        }
    }
}
