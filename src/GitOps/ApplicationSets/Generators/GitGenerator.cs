using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.ApplicationSets.Generators;

/// <summary><c>git</c>: one set for each matching directory, or for each object in each matching file.</summary>
internal sealed class GitGenerator(IApplicationSetInputs inputs, bool usesGoTemplate, ParameterReplacer replacer) : IParameterGenerator
{
    public async Task<IReadOnlyList<JsonObject>> GenerateAsync(JsonObject generator, CancellationToken cancellationToken)
    {
        var repoUrl = ApplicationSetSpec.Text(generator["repoURL"]) ?? throw new ApplicationSetException("git generator: repoURL is missing.");
        var revision = ApplicationSetSpec.Text(generator["revision"]) is { Length: > 0 } given ? given : "HEAD";
        var files = await inputs.ListFilesAsync(repoUrl, revision, cancellationToken).ConfigureAwait(false);
        if (generator["directories"] is JsonArray { Count: > 0 })
        {
            return [.. MatchingDirectories(files, generator).Select(directory => With(PathParameters(directory, null, generator), generator))];
        }

        if (generator["files"] is not JsonArray { Count: > 0 })
        {
            throw new ApplicationSetException("git generator: neither directories nor files are given.");
        }

        var sets = new List<JsonObject>();
        foreach (var path in MatchingFiles(files, generator))
        {
            var content = await inputs.ReadFileAsync(repoUrl, revision, path, cancellationToken).ConfigureAwait(false);
            sets.AddRange(YamlParameters.Read(content, $"git generator: {path}").Select(parameters => FileParameters(parameters, path, generator)));
        }

        return sets;
    }

    private static IEnumerable<string> MatchingDirectories(IReadOnlyList<string> files, JsonObject generator)
    {
        var entries = Entries(generator, "directories").ToList();
        return files.SelectMany(Ancestors).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(directory =>
            !directory.Split('/').Any(part => part.StartsWith('.')) &&
            Selects(entries, pattern => GlobPattern.IsMatch(pattern, directory, GlobSeparator.Slash)));
    }

    // Compatibility: Argo CD passes the pattern to git as a pathspec: * also crosses /, and a folder's name means all below it.
    private static IEnumerable<string> MatchingFiles(IReadOnlyList<string> files, JsonObject generator)
    {
        var entries = Entries(generator, "files").ToList();
        return files.Order(StringComparer.Ordinal).Where(path =>
            Selects(entries, pattern => GlobPattern.IsMatch(pattern, path) || GlobPattern.IsMatch($"{pattern.TrimEnd('/')}/*", path)));
    }

    private static bool Selects(List<(string Path, bool IsExcluded)> entries, Predicate<string> matches) =>
        entries.Any(entry => !entry.IsExcluded && matches(entry.Path)) && !entries.Any(entry => entry.IsExcluded && matches(entry.Path));

    private static IEnumerable<(string Path, bool IsExcluded)> Entries(JsonObject generator, string field) =>
        ApplicationSetSpec.Objects(generator[field]).Select(entry =>
            (ApplicationSetSpec.Text(entry["path"]) ?? throw new ApplicationSetException($"git generator: an entry of {field} has no path."),
             ApplicationSetSpec.IsTrue(entry["exclude"])));

    private static IEnumerable<string> Ancestors(string file)
    {
        for (var slash = file.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = file.IndexOf('/', slash + 1))
        {
            yield return file[..slash];
        }
    }

    private JsonObject FileParameters(JsonObject content, string path, JsonObject generator)
    {
        var parameters = usesGoTemplate ? (JsonObject)content.DeepClone() : ParameterText.Flatten(content);
        var slash = path.LastIndexOf('/');
        foreach (var (key, value) in PathParameters(slash < 0 ? "." : path[..slash], path[(slash + 1)..], generator))
        {
            parameters[key] = value?.DeepClone();
        }

        return With(parameters, generator);
    }

    private JsonObject With(JsonObject parameters, JsonObject generator)
    {
        ExtraValues.AddTo(parameters, generator, usesGoTemplate, replacer);
        return parameters;
    }

    private JsonObject PathParameters(string directory, string? fileName, JsonObject generator)
    {
        var prefix = ApplicationSetSpec.Text(generator["pathParamPrefix"]) is { Length: > 0 } given ? given : null;
        var baseName = directory[(directory.LastIndexOf('/') + 1)..];
        var described = new JsonObject
        {
            ["path"] = directory,
            ["basename"] = baseName,
            ["basenameNormalized"] = ParameterText.Normalize(baseName),
        };
        if (fileName is not null)
        {
            described["filename"] = fileName;
            described["filenameNormalized"] = ParameterText.Normalize(fileName);
        }

        return usesGoTemplate ? Nested(described, directory, prefix) : Flat(described, directory, prefix);
    }

    private static JsonObject Nested(JsonObject described, string directory, string? prefix)
    {
        described["segments"] = new JsonArray([.. directory.Split('/').Select(part => (JsonNode)part)]);
        var path = new JsonObject { ["path"] = described };
        return prefix is null ? path : new JsonObject { [prefix] = path };
    }

    private static JsonObject Flat(JsonObject described, string directory, string? prefix)
    {
        var root = prefix is null ? "path" : $"{prefix}.path";
        var flat = new JsonObject();
        foreach (var (key, value) in described)
        {
            flat[key == "path" ? root : $"{root}.{key}"] = value?.DeepClone();
        }

        var segments = directory.Split('/');
        for (var index = 0; index < segments.Length; index++)
        {
            flat[string.Create(CultureInfo.InvariantCulture, $"{root}[{index}]")] = segments[index];
        }

        return flat;
    }
}
