namespace SecretsOps.GitOps.Sources;

/// <summary>What a source gave: a commit's tree and the digest of the part that the Application names.</summary>
/// <param name="Revision">The commit, or the chart's version.</param>
/// <param name="Digest">Changes whenever a file below the path does.</param>
/// <param name="Tree">The files themselves.</param>
internal sealed record Artifact(string Revision, string Digest, ISourceTree Tree);
