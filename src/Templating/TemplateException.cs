namespace SecretsOps.Templating;

/// <summary>A template does not parse, or failed while it ran; the message is the one Go would give.</summary>
public sealed class TemplateException(string message, Exception? cause = null) : Exception(message, cause);
