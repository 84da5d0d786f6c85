namespace SecretsOps.GitOps.Sources;

/// <summary>What a source gave: the tree of a commit, of a chart or of an artifact.</summary>
/// <param name="Revision">The commit, or the chart's version.</param>
/// <param name="Tree">The files themselves.</param>
internal sealed record Artifact(string Revision, ISourceTree Tree);
