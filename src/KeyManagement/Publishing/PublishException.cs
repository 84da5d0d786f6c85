namespace SecretsOps.KeyManagement.Publishing;

/// <summary>A file could not be published; the message names the destination and the reason, and holds no secret.</summary>
public sealed class PublishException(string message, Exception? innerException = null) : Exception(message, innerException);
