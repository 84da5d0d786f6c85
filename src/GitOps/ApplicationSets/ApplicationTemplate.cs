using System.Text.Json.Nodes;
using SecretsOps.GitOps.ApplicationSets.Generators;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Renders the template of an ApplicationSet with one parameter set, and puts the rendered <c>templatePatch</c> over it.</summary>
internal sealed class ApplicationTemplate(ApplicationSetSpec spec)
{
    private const string ResourcesFinalizer = "resources-finalizer.argocd.argoproj.io";
    private readonly ParameterReplacer _replacer = ParameterReplacer.For(spec);

    /// <summary>The Application of one parameter set.</summary>
    /// <exception cref="ApplicationSetException">The template or the patch cannot be evaluated, or no name comes of it.</exception>
    public KubernetesObject Render(JsonObject parameters, JsonObject? generatorTemplate)
    {
        var template = (JsonObject)spec.Template.DeepClone();
        if (generatorTemplate is not null)
        {
            Overlay(template, generatorTemplate);
        }

        var rendered = (JsonObject)_replacer.Replace(template, parameters)!;
        var metadata = rendered["metadata"] as JsonObject ?? [];
        var application = new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Application",
            ["metadata"] = Metadata(metadata),
            ["spec"] = rendered["spec"]?.DeepClone() ?? new JsonObject(),
        };
        Patch(application, parameters);
        return Complete(new KubernetesObject(application));
    }

    private static JsonObject Metadata(JsonObject metadata)
    {
        var copied = new JsonObject();
        foreach (var field in new[] { "name", "labels", "annotations", "finalizers" })
        {
            if (metadata[field] is { } value)
            {
                copied[field] = value.DeepClone();
            }
        }

        return copied;
    }

    private void Patch(JsonObject application, JsonObject parameters)
    {
        if (spec.TemplatePatch is not { Length: > 0 } text)
        {
            return;
        }

        var rendered = _replacer.Replace(text, parameters);
        if (string.IsNullOrWhiteSpace(rendered))
        {
            return;
        }

        var patch = YamlParameters.Document(rendered, "spec.templatePatch");
        if (patch is not JsonObject changes)
        {
            throw new ApplicationSetException("spec.templatePatch: expected an object with the fields of an Application.");
        }

        // A patch must not move an Application to another project: whoever writes parameters would then choose its rights.
        var project = application["spec"]?["project"]?.DeepClone();
        Merge(application, changes);
        if (application["spec"] is JsonObject patched)
        {
            patched["project"] = project;
        }
    }

    private KubernetesObject Complete(KubernetesObject application)
    {
        if (application.Name.Length == 0)
        {
            throw new ApplicationSetException("spec.template.metadata.name: a parameter set yields an empty name.");
        }

        application.Namespace = spec.Object.Namespace;
        if (application.Metadata["finalizers"] is not JsonArray { Count: > 0 } && !spec.PreservesResourcesOnDeletion)
        {
            application.Metadata["finalizers"] = new JsonArray(ResourcesFinalizer);
        }

        return application;
    }

    /// <summary>A strategic merge over a custom resource: maps merge, lists and scalars are replaced, null deletes (RFC 7386).</summary>
    private static void Merge(JsonObject target, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else if (value is JsonObject nested && target[key] is JsonObject existing)
            {
                Merge(existing, nested);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }

    /// <summary>A generator's own template: its non-empty fields win.</summary>
    private static void Overlay(JsonObject target, JsonObject over)
    {
        foreach (var (key, value) in over)
        {
            if (value is JsonObject nested && target[key] is JsonObject existing)
            {
                Overlay(existing, nested);
            }
            else if (!IsEmpty(value))
            {
                target[key] = value!.DeepClone();
            }
        }
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        JsonValue scalar => scalar.TryGetValue(out string? text) && text.Length == 0,
        _ => false,
    };
}
