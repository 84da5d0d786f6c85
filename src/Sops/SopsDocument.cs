using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>A loaded SOPS file: its trees (one per YAML document, else exactly one) and its metadata.</summary>
public sealed record SopsDocument(IReadOnlyList<TreeNode> Trees, SopsMetadata Metadata);
