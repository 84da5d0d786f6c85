namespace SecretsOps.Controller.Hosting;

/// <summary>Something that works beside the sealing controller: the sync engine, the SopsSecret controller.</summary>
internal interface IClusterWorker
{
    /// <summary>Whether every replica runs it because the replicas divide its work among themselves; others run in the leader alone.</summary>
    bool IsShared => false;

    /// <summary>Works until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
