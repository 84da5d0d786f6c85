namespace SecretsOps.Controller.Hosting;

/// <summary>Runs long tasks side by side; the first that fails ends the wait, so that a dead part never goes unnoticed.</summary>
internal static class Together
{
    /// <summary>Returns when all have ended, or throws what the first failure threw.</summary>
    public static async Task RunAsync(IReadOnlyCollection<Task> tasks)
    {
        var running = tasks.ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            try
            {
                await ended;
            }
            catch (OperationCanceledException)
            {
                // Asked to stop; the others were asked too.
            }
        }
    }
}
