using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Validates custom resources against <c>openAPIV3Schema</c>, and definitions themselves.</summary>
internal static class CrdValidation
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with a custom resource.</summary>
    public static IEnumerable<FieldError> Check(JsonObject body, JsonObject schema)
    {
        var errors = new List<FieldError>();
        Value(body, schema, "", errors);
        return errors;
    }

    /// <summary>What is wrong with a definition.</summary>
    public static IEnumerable<FieldError> Definition(JsonObject crd)
    {
        var spec = crd["spec"] as JsonObject ?? [];
        var (group, plural) = (spec["group"]?.ToString() ?? "", spec["names"]?["plural"]?.ToString() ?? "");
        var name = crd["metadata"]?["name"]?.ToString();
        if (name != $"{plural}.{group}")
        {
            yield return FieldError.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
        }

        if (group.Length == 0)
        {
            yield return FieldError.Required("spec.group");
        }
        else if (group.Split('.').Length < 2)
        {
            yield return FieldError.Invalid("spec.group", group, "should be a domain with at least one dot");
        }

        if (spec["scope"]?.ToString() is not ("Cluster" or "Namespaced"))
        {
            yield return string.IsNullOrEmpty(spec["scope"]?.ToString())
                ? FieldError.Required("spec.scope")
                : FieldError.NotSupported("spec.scope", spec["scope"], ["Cluster", "Namespaced"]);
        }

        foreach (var error in Versions(spec["versions"] as JsonArray ?? []))
        {
            yield return error;
        }

        foreach (var field in new[] { "plural", "singular", "kind", "listKind" })
        {
            if (string.IsNullOrEmpty(spec["names"]?[field]?.ToString()))
            {
                yield return FieldError.Required("spec.names." + field);
            }
        }
    }

    private static IEnumerable<FieldError> Versions(JsonArray versions)
    {
        if (versions.Count(version => version?["storage"]?.ToString() == "true") != 1)
        {
            yield return new(FieldErrorType.Invalid, "spec.versions", "must have exactly one version marked as storage version")
            {
                BadValue = FieldError.Show(versions),
            };
        }

        for (var i = 0; i < versions.Count; i++)
        {
            var path = $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i]?["schema"]?["openAPIV3Schema"] is not JsonObject schema)
            {
                yield return FieldError.Required(path, "schemas are required");
            }
            else if (schema["type"]?.ToString() is not "object")
            {
                yield return string.IsNullOrEmpty(schema["type"]?.ToString())
                    ? FieldError.Required(path + ".type", "must not be empty at the root")
                    : FieldError.Invalid(path + ".type", schema["type"], "must be object at the root");
            }
        }
    }

    private static void Value(JsonNode? node, JsonObject schema, string path, List<FieldError> errors)
    {
        if (node is null && CrdStructure.Has(schema, "nullable"))
        {
            return;
        }

        if (!HasType(node, schema, out var wanted))
        {
            errors.Add(TypeError(node, path, wanted));
            return;
        }

        Enumeration(node, schema, path, errors);
        switch (node)
        {
            case JsonObject map:
                Map(map, schema, path, errors);
                break;
            case JsonArray list:
                List(list, schema, path, errors);
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                Text(value.GetValue<string>(), schema, path, errors);
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.Number:
                Number(value, schema, path, errors);
                break;
            default:
                break;
        }

        Combinations(node, schema, path, errors);
    }

    private static string Shown(string path) => path.Length == 0 ? "<nil>" : path;

    private static FieldError TypeError(JsonNode? node, string path, string wanted)
    {
        var found = node?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => IsWhole(node) ? "integer" : "number",
            _ => "boolean",
        };
        return new(FieldErrorType.TypeInvalid, Shown(path), $"{path} in body must be of type {wanted}: \"{found}\"") { BadValue = $"\"{found}\"" };
    }

    private static bool HasType(JsonNode? node, JsonObject schema, out string wanted)
    {
        wanted = schema["type"]?.ToString() ?? "";
        var kind = node?.GetValueKind() ?? JsonValueKind.Null;
        if (CrdStructure.Has(schema, CrdStructure.IntOrString))
        {
            wanted = "integer,string";
            return kind is JsonValueKind.String || (kind is JsonValueKind.Number && IsWhole(node));
        }

        return wanted switch
        {
            "object" => kind is JsonValueKind.Object,
            "array" => kind is JsonValueKind.Array,
            "string" => kind is JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => kind is JsonValueKind.Number && IsWhole(node),
            "number" => kind is JsonValueKind.Number,
            _ => true,
        };
    }

    private static bool IsWhole(JsonNode? node) =>
        decimal.TryParse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number);

    private static void Enumeration(JsonNode? node, JsonObject schema, string path, List<FieldError> errors)
    {
        if (schema["enum"] is JsonArray allowed && !allowed.Any(value => JsonNode.DeepEquals(value, node)))
        {
            errors.Add(FieldError.NotSupported(Shown(path), node, allowed.Select(value => value?.ToString() ?? "null")));
        }
    }

    private static void Map(JsonObject map, JsonObject schema, string path, List<FieldError> errors)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(item => item!.ToString()).Where(name => !map.ContainsKey(name)))
        {
            errors.Add(FieldError.Required(Below(path, name)));
        }

        Bounds(map.Count, schema, "minProperties", "maxProperties", "properties", path, errors);
        foreach (var (name, child) in map)
        {
            if ((schema["properties"]?[name] ?? schema["additionalProperties"]) is JsonObject below && !(path.Length == 0 && name == "metadata"))
            {
                Value(child, below, Below(path, name), errors);
            }
        }
    }

    private static void List(JsonArray list, JsonObject schema, string path, List<FieldError> errors)
    {
        Bounds(list.Count, schema, "minItems", "maxItems", "items", path, errors);
        var items = schema["items"] as JsonObject ?? [];
        for (var i = 0; i < list.Count; i++)
        {
            Value(list[i], items, $"{path}[{i}]", errors);
        }

        Duplicates(list, schema, path, errors);
    }

    private static void Duplicates(JsonArray list, JsonObject schema, string path, List<FieldError> errors)
    {
        var keys = (schema["x-kubernetes-list-map-keys"] as JsonArray ?? []).Select(key => key!.ToString()).ToList();
        Func<JsonNode?, JsonNode?>? identity = schema["x-kubernetes-list-type"]?.ToString() switch
        {
            "set" => item => item,
            "map" => item => new JsonObject(keys.Select(key => KeyValuePair.Create(key, (item as JsonObject)?[key]?.DeepClone()))),
            _ => null,
        };
        var seen = new HashSet<string>();
        for (var i = 0; identity is not null && i < list.Count; i++)
        {
            if (!seen.Add(FieldError.Show(identity(list[i]))))
            {
                errors.Add(FieldError.Duplicate($"{path}[{i}]", identity(list[i])));
            }
        }
    }

    private static void Bounds(int count, JsonObject schema, string least, string most, string what, string path, List<FieldError> errors)
    {
        if (schema[least] is JsonValue minimum && count < JsonNumbers.Of(minimum))
        {
            errors.Add(FieldError.Invalid(Shown(path), count, $"{path} in body should have at least {minimum} {what}"));
        }

        if (schema[most] is JsonValue maximum && count > JsonNumbers.Of(maximum))
        {
            errors.Add(new(FieldErrorType.TooMany, Shown(path), $"must have at most {maximum} items") { BadValue = count.ToString(CultureInfo.InvariantCulture) });
        }
    }

    private static void Text(string text, JsonObject schema, string path, List<FieldError> errors)
    {
        var length = new StringInfo(text).LengthInTextElements;
        var error = schema switch
        {
            _ when schema["maxLength"] is JsonValue most && length > JsonNumbers.Of(most) =>
                new(FieldErrorType.TooLong, Shown(path), $"may not be more than {most} bytes"),
            _ when schema["minLength"] is JsonValue least && length < JsonNumbers.Of(least) =>
                FieldError.Invalid(Shown(path), text, $"{path} in body should be at least {least} chars long"),
            _ when schema["pattern"]?.ToString() is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTimeout) =>
                FieldError.Invalid(Shown(path), text, $"{path} in body should match '{pattern}'"),
            _ => null,
        };
        if (error is not null)
        {
            errors.Add(error);
        }

        if (schema["format"]?.ToString() is { } format && !CrdFormats.Fits(format, text))
        {
            errors.Add(new(FieldErrorType.TypeInvalid, Shown(path), $"{path} in body must be of type {format}: \"{text}\"") { BadValue = FieldError.Show(text) });
        }
    }

    private static void Number(JsonValue value, JsonObject schema, string path, List<FieldError> errors)
    {
        var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
        double? Bound(string name) => schema[name] is JsonValue bound ? double.Parse(bound.ToJsonString(), CultureInfo.InvariantCulture) : null;
        var isAbove = CrdStructure.Has(schema, "exclusiveMinimum");
        if (Bound("minimum") is { } least && (isAbove ? number <= least : number < least))
        {
            errors.Add(FieldError.Invalid(Shown(path), value, $"{path} in body should be greater than {(isAbove ? "" : "or equal to ")}{schema["minimum"]}"));
        }

        var isBelow = CrdStructure.Has(schema, "exclusiveMaximum");
        if (Bound("maximum") is { } most && (isBelow ? number >= most : number > most))
        {
            errors.Add(FieldError.Invalid(Shown(path), value, $"{path} in body should be less than {(isBelow ? "" : "or equal to ")}{schema["maximum"]}"));
        }

        if (Bound("multipleOf") is { } factor && Math.Abs((number / factor) - Math.Round(number / factor)) > 1e-9)
        {
            errors.Add(FieldError.Invalid(Shown(path), value, $"{path} in body should be a multiple of {schema["multipleOf"]}"));
        }
    }

    private static void Combinations(JsonNode? node, JsonObject schema, string path, List<FieldError> errors)
    {
        List<FieldError> Against(JsonNode? alternative)
        {
            var found = new List<FieldError>();
            Value(node, alternative as JsonObject ?? [], path, found);
            return found;
        }

        if (schema["allOf"] is JsonArray allOf && allOf.SelectMany(Against).ToList() is { Count: > 0 } failures)
        {
            errors.AddRange(failures);
            errors.Add(Whole($"\"{path}\" must validate all the schemas (allOf)"));
        }

        if (schema["anyOf"] is JsonArray anyOf && !CrdStructure.Has(schema, CrdStructure.IntOrString) && !anyOf.Any(part => Against(part).Count == 0))
        {
            errors.Add(Whole($"\"{path}\" must validate at least one schema (anyOf)"));
            errors.AddRange(anyOf.Count > 0 ? Against(anyOf[0]) : []);
        }

        if (schema["oneOf"] is JsonArray oneOf && oneOf.Count(part => Against(part).Count == 0) is not 1 and var matches)
        {
            errors.Add(Whole($"\"{path}\" must validate one and only one schema (oneOf). "
                + (matches == 0 ? "Found none valid" : $"Found {matches} valid alternatives")));
            errors.AddRange(matches == 0 && oneOf.Count > 0 ? Against(oneOf[0]) : []);
        }

        if (schema["not"] is JsonObject not && Against(not).Count == 0)
        {
            errors.Add(Whole($"\"{path}\" must not validate the schema (not)"));
        }
    }

    /// <summary>Compatibility: errors of combined schemas name the field in the text only.</summary>
    private static FieldError Whole(string detail) => FieldError.Invalid("<nil>", "", detail);

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
