using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;

namespace SecretsOps.GitOps.Rendering.Kustomize;

/// <summary>Puts <c>spec.source.kustomize</c> into a kustomization, as Argo CD does by <c>kustomize edit</c>, but in memory.</summary>
internal sealed class KustomizationEdits(JsonObject options, BuildEnvironment environment)
{
    /// <summary>Edits in the order of Argo CD: prefix, suffix, images, replicas, labels, annotations, namespace, patches, components.</summary>
    /// <exception cref="RenderException">An override cannot be read.</exception>
    public void ApplyTo(JsonObject kustomization)
    {
        SetText(kustomization, "namePrefix");
        SetText(kustomization, "nameSuffix");
        SetImages(kustomization);
        SetReplicas(kustomization);
        SetLabels(kustomization);
        SetAnnotations(kustomization);
        SetText(kustomization, "namespace");
        Append(kustomization, "patches");
        Append(kustomization, "components");
    }

    private void SetText(JsonObject kustomization, string name)
    {
        if (options.TextAt(name) is { Length: > 0 } value)
        {
            kustomization[name] = value;
        }
    }

    private void SetImages(JsonObject kustomization)
    {
        foreach (var image in options.TextsAt("images").Select(ImageOverride.Parse))
        {
            SetNamed(kustomization, "images", image.ToJson());
        }
    }

    private void SetReplicas(JsonObject kustomization)
    {
        foreach (var replica in options.ObjectsAt("replicas"))
        {
            // The count may be an integer or a text: the field is an IntOrString.
            var count = long.TryParse(replica["count"]?.ToString(), out var number)
                ? number
                : throw new RenderException($"kustomize.replicas: the count of '{replica.TextAt("name")}' is no number");
            SetNamed(kustomization, "replicas", new JsonObject { ["name"] = replica.TextAt("name"), ["count"] = count });
        }
    }

    private void SetLabels(JsonObject kustomization)
    {
        var labels = Expanded("commonLabels", alwaysExpand: true);
        if (labels.Count == 0)
        {
            return;
        }

        if (!options.FlagAt("labelWithoutSelector"))
        {
            Merge(kustomization, "commonLabels", labels, options.FlagAt("forceCommonLabels"));
            return;
        }

        var entry = new JsonObject { ["pairs"] = labels, ["includeSelectors"] = false };
        if (options.FlagAt("labelIncludeTemplates"))
        {
            entry["includeTemplates"] = true;
        }

        List(kustomization, "labels").Add((JsonNode)entry);
    }

    private void SetAnnotations(JsonObject kustomization)
    {
        var annotations = Expanded("commonAnnotations", options.FlagAt("commonAnnotationsEnvsubst"));
        if (annotations.Count > 0)
        {
            Merge(kustomization, "commonAnnotations", annotations, options.FlagAt("forceCommonAnnotations"));
        }
    }

    private JsonObject Expanded(string name, bool alwaysExpand) => new(options.MapAt(name).Select(entry =>
        KeyValuePair.Create(entry.Key, (JsonNode?)(alwaysExpand ? environment.Expand(entry.Value) : entry.Value))));

    private static void Merge(JsonObject kustomization, string name, JsonObject entries, bool isForced)
    {
        if (kustomization[name] is not JsonObject existing)
        {
            kustomization[name] = entries;
            return;
        }

        foreach (var (key, value) in entries)
        {
            if (existing.ContainsKey(key) && !isForced)
            {
                throw new RenderException($"kustomize.{name}: '{key}' is in the kustomization already; set force{char.ToUpperInvariant(name[0])}{name[1..]} to override it");
            }

            existing[key] = value?.DeepClone();
        }
    }

    private void Append(JsonObject kustomization, string name)
    {
        foreach (var entry in options[name] as JsonArray ?? [])
        {
            List(kustomization, name).Add(entry?.DeepClone());
        }
    }

    private static void SetNamed(JsonObject kustomization, string listName, JsonObject entry)
    {
        var list = List(kustomization, listName);
        var existing = list.OfType<JsonObject>().FirstOrDefault(item => item.TextAt("name") == entry.TextAt("name"));
        if (existing is not null)
        {
            list.Remove(existing);
        }

        list.Add((JsonNode)entry);
    }

    private static JsonArray List(JsonObject kustomization, string name)
    {
        if (kustomization[name] is not JsonArray list)
        {
            kustomization[name] = list = [];
        }

        return list;
    }
}
