using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Rendering.Helm;

/// <summary>The arguments of <c>helm template</c> for a source; files are written into the memory tree on the way.</summary>
internal sealed class HelmArguments(RenderRequest request, MemoryTree folder)
{
    private readonly JsonObject _options = request.Source.Helm ?? [];
    private readonly BuildEnvironment _environment = new(request);

    /// <exception cref="RenderException">A values file or a parameter cannot be used.</exception>
    public async Task<IReadOnlyList<string>> BuildAsync(CancellationToken cancellationToken)
    {
        List<string> arguments = ["template", ".", "--name-template", ReleaseName, "--namespace", Namespace];
        AddValue(arguments, "--kube-version", Or(_options.TextAt("kubeVersion"), request.KubernetesVersion));
        AddParameters(arguments);
        await AddFilesAsync(arguments, cancellationToken);
        AddInlineValues(arguments);
        var apiVersions = _options.TextsAt("apiVersions");
        foreach (var version in apiVersions.Count > 0 ? apiVersions : request.ApiVersions)
        {
            AddValue(arguments, "--api-versions", version);
        }

        AddSwitch(arguments, "--include-crds", !_options.FlagAt("skipCrds"));
        AddSwitch(arguments, "--skip-schema-validation", _options.FlagAt("skipSchemaValidation"));
        AddSwitch(arguments, "--skip-tests", _options.FlagAt("skipTests"));
        return arguments;
    }

    private string ReleaseName => Or(_options.TextAt("releaseName"), request.ApplicationName);

    private string Namespace => Or(_options.TextAt("namespace"), request.Namespace);

    private void AddParameters(List<string> arguments)
    {
        foreach (var parameter in _options.ObjectsAt("parameters"))
        {
            var value = EscapeCommas(_environment.Expand(parameter.TextAt("value")));
            arguments.Add(parameter.FlagAt("forceString") ? "--set-string" : "--set");
            arguments.Add($"{parameter.TextAt("name")}={value}");
        }
    }

    private async Task AddFilesAsync(List<string> arguments, CancellationToken cancellationToken)
    {
        var files = new HelmValueFiles(request, _environment);
        foreach (var parameter in _options.ObjectsAt("fileParameters"))
        {
            var file = await files.ResolveParameterAsync(parameter.TextAt("path"), cancellationToken);
            AddValue(arguments, "--set-file", $"{parameter.TextAt("name")}={await WriteAsync(file, arguments.Count, cancellationToken)}");
        }

        foreach (var file in await files.ResolveAsync(cancellationToken))
        {
            AddValue(arguments, "--values", await WriteAsync(file, arguments.Count, cancellationToken));
        }
    }

    // Values may be encrypted: they are opened on their way into memory, whichever repository they come from.
    private async Task<string> WriteAsync(HelmValueFile file, int number, CancellationToken cancellationToken)
    {
        var content = (await file.Tree.ReadRawAsync([file.Entry], cancellationToken))[0];
        using var opened = await file.Tree.OpenAsync(file.Entry.Path, content, cancellationToken);
        return folder.WriteBeside($"{number}-{file.Entry.Name}", opened.Content.Span);
    }

    private void AddInlineValues(List<string> arguments)
    {
        var values = _options["valuesObject"] is JsonObject { Count: > 0 } structured
            ? YamlText.FromJson(structured)
            : Encoding.UTF8.GetBytes(_options.TextAt("values"));
        if (values.Length > 0)
        {
            AddValue(arguments, "--values", folder.WriteBeside("values.yaml", values));
        }
    }

    // Compatibility: Argo CD escapes commas, unless the value is a list in braces or the comma is escaped already.
    internal static string EscapeCommas(string value)
    {
        if (value.StartsWith('{') && value.EndsWith('}'))
        {
            return value;
        }

        var escaped = new StringBuilder();
        for (var index = 0; index < value.Length; index++)
        {
            escaped.Append(value[index] == ',' && (index == 0 || value[index - 1] != '\\') ? "\\," : value[index].ToString());
        }

        return escaped.ToString();
    }

    private static void AddValue(List<string> arguments, string name, string value)
    {
        if (value.Length > 0)
        {
            arguments.Add(name);
            arguments.Add(value);
        }
    }

    private static void AddSwitch(List<string> arguments, string name, bool isOn)
    {
        if (isOn)
        {
            arguments.Add(name);
        }
    }

    private static string Or(string first, string second) => first.Length > 0 ? first : second;
}
