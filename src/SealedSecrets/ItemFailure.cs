namespace SecretsOps.SealedSecrets;

/// <summary>One value that could not be opened: why, in upstream's words, and how many keys were tried.</summary>
public sealed record ItemFailure(string Name, ItemFailureReason Reason, string Message, int KeysTried);
