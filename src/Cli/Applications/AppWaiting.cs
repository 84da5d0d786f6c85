using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Applications;

/// <summary>Follows one Application by a watch until a condition holds or time is up.</summary>
internal sealed class AppWaiting(AppClient applications, CliEnvironment environment, TimeSpan limit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Shows every change on the way; gives the Application as it was when the condition held, null when it is gone.</summary>
    /// <exception cref="CliException">The condition did not hold in time.</exception>
    public async Task<AppView?> UntilAsync(NamespacedName name, Func<AppView?, bool> condition, string expectation, AppProgress? progress, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        AppView? last = null;
        try
        {
            while (true)
            {
                last = await applications.TryGetAsync(name, either.Token).ConfigureAwait(false);
                if (Judge(last, condition, progress))
                {
                    return last;
                }

                var (isDone, end) = await FollowAsync(name, last, condition, progress, either.Token).ConfigureAwait(false);
                if (isDone)
                {
                    return end;
                }

                await Task.Delay(Pause, environment.Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CliException($"Application {name} was not {expectation} within {limit.TotalSeconds:0} s{Seen(last)}", "--timeout sets another limit, in seconds");
        }
    }

    private async Task<(bool IsDone, AppView? Last)> FollowAsync(NamespacedName name, AppView? start, Func<AppView?, bool> condition, AppProgress? progress, CancellationToken cancellationToken)
    {
        var options = new WatchOptions { FieldSelector = $"metadata.name={name.Name}", ResourceVersion = start?.Object.ResourceVersion ?? "" };
        try
        {
            await foreach (var change in applications.Api.WatchAsync(ApiResource.Applications, name.Namespace, options, cancellationToken).ConfigureAwait(false))
            {
                var current = change.Type is WatchEventType.Bookmark ? start : change.Type is WatchEventType.Deleted ? null : new AppView(change.Object);
                if (change.Type is not WatchEventType.Bookmark && Judge(current, condition, progress))
                {
                    return (true, current);
                }
            }
        }
        catch (ApiException interrupted) when (interrupted.IsGone || interrupted.IsTransient)
        {
            // The watch broke: reading anew tells what was missed.
        }

        return (false, null);
    }

    private static bool Judge(AppView? application, Func<AppView?, bool> condition, AppProgress? progress)
    {
        if (application is not null)
        {
            progress?.Show(application);
        }

        return condition(application);
    }

    private static string Seen(AppView? last) =>
        last is null ? "" : $": sync {last.Sync}, health {last.Health}{(last.OperationPhase.Length > 0 ? $", operation {last.OperationPhase}: {last.OperationMessage}" : "")}";
}
