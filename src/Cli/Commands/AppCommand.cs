using System.CommandLine;
using SecretsOps.Cli.Applications;
using SecretsOps.Cli.Rendering;
using SecretsOps.GitOps.Preview;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops app</c>: looks at Applications and acts on them, through the kubeconfig and with the user's own permission.</summary>
internal sealed class AppCommand
{
    private readonly AppConnection _connection = new();
    private readonly CliEnvironment _environment;

    private AppCommand(CliEnvironment environment) => _environment = environment;

    internal static Command Create(CliEnvironment environment) => new AppCommand(environment).Create();

    private Command Create()
    {
        Command[] verbs =
        [
            List(), Get(), Diff(), Sync(),
            Wait(), History(), Rollback(), Terminate(),
            Delete(), Manifests(), Resources(),
        ];
        var command = new Command("app", "Look at Applications and sync them");
        foreach (var verb in verbs)
        {
            _connection.AddTo(verb);
            command.Subcommands.Add(verb);
        }

        return command;
    }

    private Command List()
    {
        var selector = new Option<string>("--selector", "-l") { Description = "Only Applications with these labels", HelpName = "selector", DefaultValueFactory = _ => "" };
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Applications of every namespace" };
        var format = Format("table", "json", "yaml", "name");
        var command = new Command("list", "List Applications: sync, health, revision, conditions") { selector, everywhere, format };
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            var found = await applications.ListAsync(parsed.GetRequiredValue(selector), parsed.GetValue(everywhere), cancellationToken).ConfigureAwait(false);
            return Print(AppText.List(found, parsed.GetRequiredValue(format)));
        });
    }

    private Command Get()
    {
        var name = Name();
        var refresh = new Option<bool>("--refresh") { Description = "Have the engine look at Git and the cluster first" };
        var hard = new Option<bool>("--hard-refresh") { Description = "The same, believing nothing remembered" };
        var limit = Timeout();
        var format = Format("text", "json", "yaml");
        var command = new Command("get", "Show one Application and its objects") { name, refresh, hard, limit, format };
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            var key = applications.Locate(parsed.GetRequiredValue(name));
            var application = await applications.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(refresh) || parsed.GetValue(hard))
            {
                application = await new AppVerbs(applications, _environment).RefreshAsync(key, parsed.GetValue(hard) ? "hard" : "normal", Limit(parsed, limit), cancellationToken).ConfigureAwait(false);
            }

            return Print(parsed.GetRequiredValue(format) switch
            {
                "json" => AppText.Json(application.Object.Json),
                "yaml" => AppText.Yaml(application.Object.Json),
                _ => AppText.Details(application),
            });
        });
    }

    private Command Diff()
    {
        var name = Name();
        var revision = Revision("Commit, branch or tag to compare with the cluster (default: what the Application names)");
        var local = new Option<string>("--local") { Description = "Root of a local copy that stands in for the first repository", HelpName = "dir", DefaultValueFactory = _ => "" };
        var format = Format("text", "json", "markdown");
        var source = new SourceOptions();
        var command = new Command("diff", "Show what a sync would change, values of Secrets masked; leaves with code 3 when something would") { name, revision, local, format };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = parsed.GetRequiredValue(local) is { Length: > 0 } given ? _environment.PathOf(given) : "";
            var question = new PlanQuestion(parsed.GetRequiredValue(name), parsed.GetRequiredValue(revision), "", root);
            var plan = await new Planning(_environment, source, _connection).PlanApplicationAsync(parsed, question, cancellationToken).ConfigureAwait(false);
            return PlanCommand.Report(plan, parsed.GetRequiredValue(format), _environment);
        });
        return command;
    }

    private Command Sync()
    {
        var names = Names();
        var flags = new SyncFlags();
        var limit = Timeout();
        var atOnce = new Option<bool>("--async") { Description = "Do not wait for the end" };
        var command = new Command("sync", "Sync Applications and follow each to its end") { names, limit, atOnce };
        flags.AddTo(command);
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            return await new AppVerbs(applications, _environment).SyncAsync(
                parsed.GetRequiredValue(names), application => flags.Operation(parsed, application, _environment), Limit(parsed, limit), parsed.GetValue(atOnce), cancellationToken).ConfigureAwait(false);
        });
    }

    private Command Wait()
    {
        var names = Names();
        var conditions = new WaitConditions();
        var limit = Timeout();
        var command = new Command("wait", "Wait until Applications are synced and healthy and no operation is under way") { names, limit };
        conditions.AddTo(command);
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            var (condition, expectation) = conditions.Read(parsed);
            return await new AppVerbs(applications, _environment).WaitAsync(parsed.GetRequiredValue(names), condition, expectation, Limit(parsed, limit), cancellationToken).ConfigureAwait(false);
        });
    }

    private Command History()
    {
        var name = Name();
        var command = new Command("history", "List an Application's deployments") { name };
        return Asks(command, async (parsed, applications, cancellationToken) =>
            Print(AppText.History(await applications.GetAsync(applications.Locate(parsed.GetRequiredValue(name)), cancellationToken).ConfigureAwait(false))));
    }

    private Command Rollback()
    {
        var name = Name();
        var id = new Argument<long?>("id") { Description = "Id from the history (default: the deployment before the newest)", Arity = ArgumentArity.ZeroOrOne };
        var prune = new Option<bool>("--prune") { Description = "Delete what the earlier deployment did not have" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Let the server judge everything, change nothing" };
        var limit = Timeout();
        var command = new Command("rollback", "Sync to an earlier deployment; automated sync must be off") { name, id, prune, dryRun, limit };
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            return await new AppVerbs(applications, _environment).RollbackAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(id), parsed.GetValue(prune), parsed.GetValue(dryRun), Limit(parsed, limit), cancellationToken).ConfigureAwait(false);
        });
    }

    private Command Terminate()
    {
        var name = Name();
        var command = new Command("terminate", "End the operation that is under way; running hooks are deleted") { name };
        command.Aliases.Add("terminate-op");
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            return await new AppVerbs(applications, _environment).TerminateAsync(parsed.GetRequiredValue(name), cancellationToken).ConfigureAwait(false);
        });
    }

    private Command Delete()
    {
        var names = Names();
        var cascade = new Option<string>("--cascade") { Description = "What happens to the objects: foreground or background deletion, or none to leave them", HelpName = "how", DefaultValueFactory = _ => "foreground" };
        cascade.AcceptOnlyFromAmong("foreground", "background", "none");
        var sure = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var waits = new Option<bool>("--wait") { Description = "Wait until they are gone" };
        var limit = Timeout();
        var command = new Command("delete", "Delete Applications and, unless told otherwise, what they own") { names, cascade, sure, waits, limit };
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            Confirm(parsed.GetRequiredValue(names), parsed.GetRequiredValue(cascade), parsed.GetValue(sure));
            return await new AppVerbs(applications, _environment).DeleteAsync(
                parsed.GetRequiredValue(names), parsed.GetRequiredValue(cascade), parsed.GetValue(waits), Limit(parsed, limit), cancellationToken).ConfigureAwait(false);
        });
    }

    private Command Manifests()
    {
        var name = Name();
        var from = new Option<string>("--source") { Description = "git, or live for the cluster", HelpName = "where", DefaultValueFactory = _ => "git" };
        from.AcceptOnlyFromAmong("git", "live");
        var revision = Revision("Commit, branch or tag to render (default: what the Application names)");
        var source = new SourceOptions();
        var command = new Command("manifests", "Print an Application's manifests, values of Secrets masked") { name, from, revision };
        source.AddTo(command);
        return Asks(command, async (parsed, applications, cancellationToken) =>
        {
            var application = await applications.GetAsync(applications.Locate(parsed.GetRequiredValue(name)), cancellationToken).ConfigureAwait(false);
            var texts = parsed.GetRequiredValue(from) == "live"
                ? await new ChangePlanner(applications.Api, _environment.Variable("PATH") ?? "", _environment.Time).LiveTextsAsync(application.Object, _connection.Namespace(parsed), cancellationToken).ConfigureAwait(false)
                : await RenderAsync(new Planning(_environment, source, _connection), parsed, application, parsed.GetRequiredValue(revision), applications, cancellationToken).ConfigureAwait(false);
            return Print(string.Join("---\n", texts));
        });
    }

    private Command Resources()
    {
        var name = Name();
        var command = new Command("resources", "List an Application's objects: sync, health, what the last sync said") { name };
        return Asks(command, async (parsed, applications, cancellationToken) =>
            Print(AppText.Resources(await applications.GetAsync(applications.Locate(parsed.GetRequiredValue(name)), cancellationToken).ConfigureAwait(false))));
    }

    private static async Task<IReadOnlyList<string>> RenderAsync(Planning planning, ParseResult parsed, AppView application, string revision, AppClient applications, CancellationToken cancellationToken)
    {
        using var manifests = await planning.RenderAsync(parsed, application, revision, "", applications.Api, cancellationToken).ConfigureAwait(false);
        return ChangePlanner.Texts(manifests);
    }

    /// <summary>Gives a verb its action, with the cluster's Applications opened for it.</summary>
    private Command Asks(Command command, Func<ParseResult, AppClient, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var applications = new AppClient(_connection.Open(parsed, _environment), _connection.Namespace(parsed));
            return await action(parsed, applications, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private int Print(string text)
    {
        _environment.Print(text);
        return (int)CliExitCode.Success;
    }

    private void Confirm(string[] names, string cascade, bool isSure)
    {
        if (isSure)
        {
            return;
        }

        if (!_environment.IsInputTerminal)
        {
            throw new CliException("nobody is there to confirm the deletion", "--yes deletes without asking", CliExitCode.Usage);
        }

        _environment.PrintError($"Delete {string.Join(", ", names)}{(cascade == "none" ? "" : " and all objects of it")}? [y/N] ");
        using var reader = new StreamReader(_environment.Input, leaveOpen: true);
        if (reader.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
        {
            throw new CliException("nothing was deleted");
        }
    }

    private static TimeSpan Limit(ParseResult parsed, Option<int> limit) => parsed.GetRequiredValue(limit) is var seconds and > 0 ? TimeSpan.FromSeconds(seconds) : System.Threading.Timeout.InfiniteTimeSpan;

    private static Argument<string> Name() => new("name") { Description = "Application, or namespace/Application" };

    private static Argument<string[]> Names() => new("name") { Description = "Applications, or namespace/Application", Arity = ArgumentArity.OneOrMore };

    private static Option<int> Timeout() => new("--timeout") { Description = "Seconds to wait; 0 waits without end", HelpName = "seconds", DefaultValueFactory = _ => 0 };

    private static Option<string> Revision(string description) => new("--revision") { Description = description, HelpName = "rev", DefaultValueFactory = _ => "" };

    private static Option<string> Format(params string[] formats)
    {
        var format = new Option<string>("--output", "-o") { Description = string.Join(", ", formats), HelpName = "format", DefaultValueFactory = _ => formats[0] };
        format.AcceptOnlyFromAmong(formats);
        return format;
    }
}
