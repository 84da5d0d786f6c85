namespace SecretsOps.GitOps.Sources;

/// <summary>A source could not be fetched, resolved or read; the next poll may succeed.</summary>
internal sealed class SourceException(string message, Exception? innerException = null) : Exception(message, innerException);
