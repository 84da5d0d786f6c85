namespace SecretsOps.GitOps.Rendering;

/// <summary>A source cannot be turned into manifests; only a new commit, key or spec can help.</summary>
internal sealed class RenderException(string message, Exception? innerException = null) : Exception(message, innerException);
