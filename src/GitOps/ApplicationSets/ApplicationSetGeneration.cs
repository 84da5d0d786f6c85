using System.Text.Json.Nodes;
using SecretsOps.GitOps.ApplicationSets.Generators;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Makes the Applications of an ApplicationSet: generators yield parameter sets, the template yields one Application for each.</summary>
/// <remarks>
/// A pure function of the set and its inputs. One failing generator fails the whole generation, so that a passing fault never
/// looks like an empty result.
/// </remarks>
public sealed class ApplicationSetGeneration(IApplicationSetInputs inputs)
{
    /// <summary>The Applications in the generators' order; of those that share a name the first counts, and the others are told as problems.</summary>
    /// <exception cref="ApplicationSetException">A generator, the template or its patch cannot be evaluated.</exception>
    public async Task<GeneratedApplications> GenerateAsync(ApplicationSetSpec spec, CancellationToken cancellationToken)
    {
        var factory = new GeneratorFactory(inputs, spec);
        var template = new ApplicationTemplate(spec);
        var problems = new List<string>();
        var applications = new OrderedDictionary<string, KubernetesObject>(StringComparer.Ordinal);
        foreach (var entry in spec.Generators)
        {
            foreach (var parameters in await factory.GenerateAsync(entry, cancellationToken).ConfigureAwait(false))
            {
                var application = template.Render(parameters, entry["template"] as JsonObject ?? GeneratorTemplate(entry));
                if (!applications.TryAdd(application.Name, application))
                {
                    problems.Add($"ApplicationSet {spec.Object.Name} contains applications with duplicate name: {application.Name}; let the name hold a parameter that tells them apart");
                }
            }
        }

        return new GeneratedApplications([.. applications.Values], problems);
    }

    /// <summary>Upstream's API puts the per-generator template inside the generator's own block.</summary>
    private static JsonObject? GeneratorTemplate(JsonObject entry) =>
        entry.Select(field => (field.Value as JsonObject)?["template"] as JsonObject).FirstOrDefault(template => template is not null);
}

/// <summary>What a set's generators and template make.</summary>
/// <param name="Applications">With names unique among them.</param>
/// <param name="Problems">What kept parameter sets from becoming Applications; the others are not affected.</param>
public sealed record GeneratedApplications(IReadOnlyList<KubernetesObject> Applications, IReadOnlyList<string> Problems);
