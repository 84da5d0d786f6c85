namespace SecretsOps.Controller.Hosting;

/// <summary>Something that works in the leader, beside the sealing controller: the sync engine, the SopsSecret controller.</summary>
internal interface IClusterWorker
{
    /// <summary>Works until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
