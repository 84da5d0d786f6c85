using System.CommandLine;
using System.Text.Json.Nodes;

namespace SecretsOps.Cli.Applications;

/// <summary>The options of <c>app sync</c> and the operation that they describe.</summary>
internal sealed class SyncFlags
{
    private readonly Option<string> _revision = new("--revision") { Description = "Commit, branch or tag to sync to (default: what the Application names)", HelpName = "rev", DefaultValueFactory = _ => "" };
    private readonly Option<bool> _prune = new("--prune") { Description = "Delete what Git no longer has" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Let the server judge everything, change nothing" };
    private readonly Option<bool> _force = new("--force") { Description = "Delete and make anew what cannot be changed" };
    private readonly Option<string> _strategy = new("--strategy") { Description = "hook, or apply to leave hooks out", HelpName = "name", DefaultValueFactory = _ => "hook" };
    private readonly Option<string[]> _resources = new("--resource") { Description = "Only this object, as GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME; repeatable", HelpName = "object", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _options = new("--sync-option") { Description = "Sync option as in the spec, such as ServerSideApply=true; repeatable", HelpName = "name=value", DefaultValueFactory = _ => [] };
    private readonly Option<int> _retries = new("--retry-limit") { Description = "Further attempts after a failure; negative for no end", HelpName = "count", DefaultValueFactory = _ => 0 };
    private readonly Option<bool> _replace = new("--replace") { Description = "Replace objects instead of applying them" };
    private readonly Option<bool> _onlyOutOfSync = new("--apply-out-of-sync-only") { Description = "Leave alone what is in sync" };

    internal void AddTo(Command command)
    {
        _strategy.AcceptOnlyFromAmong("hook", "apply");
        foreach (var option in new Option[] { _revision, _prune, _dryRun, _force, _strategy, _resources, _options, _retries, _replace, _onlyOutOfSync })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CliException">An object is not named as the option asks.</exception>
    internal JsonObject Operation(ParseResult parsed, AppView application, CliEnvironment environment)
    {
        var sync = new JsonObject { ["prune"] = parsed.GetValue(_prune), ["dryRun"] = parsed.GetValue(_dryRun) };
        AddRevision(sync, parsed.GetRequiredValue(_revision), application);
        var strategy = parsed.GetRequiredValue(_strategy);
        if (strategy == "apply" || parsed.GetValue(_force))
        {
            sync["syncStrategy"] = new JsonObject { [strategy] = new JsonObject { ["force"] = parsed.GetValue(_force) } };
        }

        if (parsed.GetRequiredValue(_resources) is { Length: > 0 } resources)
        {
            sync["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)Selection(resource))]);
        }

        if (Options(parsed, application) is { Count: > 0 } options)
        {
            sync["syncOptions"] = new JsonArray([.. options.Select(option => (JsonNode)option)]);
        }

        var operation = new JsonObject { ["sync"] = sync, ["initiatedBy"] = new JsonObject { ["username"] = environment.Variable("USER") ?? "secretsops" } };
        if (parsed.GetValue(_retries) is var limit and not 0)
        {
            operation["retry"] = new JsonObject { ["limit"] = limit };
        }

        return operation;
    }

    private List<string> Options(ParseResult parsed, AppView application)
    {
        var options = application.Object.Find("spec", "syncPolicy", "syncOptions") is JsonArray own ? own.Select(option => option?.ToString() ?? "").ToList() : [];
        options.AddRange(parsed.GetRequiredValue(_options));
        if (parsed.GetValue(_replace))
        {
            options.Add("Replace=true");
        }

        if (parsed.GetValue(_onlyOutOfSync))
        {
            options.Add("ApplyOutOfSyncOnly=true");
        }

        return options;
    }

    private static void AddRevision(JsonObject sync, string revision, AppView application)
    {
        if (revision.Length == 0)
        {
            return;
        }

        if (application.Object.Find("spec", "sources") is JsonArray { Count: > 0 } sources)
        {
            sync["revisions"] = new JsonArray([revision, .. sources.Skip(1).Select(source => (JsonNode)(source?["targetRevision"]?.ToString() ?? ""))]);
        }
        else
        {
            sync["revision"] = revision;
        }
    }

    private static JsonObject Selection(string text)
    {
        if (text.Split(':') is not [var group, var kind, var name] || kind.Length == 0 || name.Length == 0)
        {
            throw new CliException($"--resource '{text}' is not GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME", "the core group is empty, as in ':ConfigMap:settings'", CliExitCode.Usage);
        }

        var selection = new JsonObject { ["group"] = group, ["kind"] = kind, ["name"] = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..] };
        if (name.Contains('/', StringComparison.Ordinal))
        {
            selection["namespace"] = name.Split('/')[0];
        }

        return selection;
    }
}
