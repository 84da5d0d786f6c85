namespace SecretsOps.KeyManagement;

/// <summary>The comma-separated lists of options and flat configuration keys.</summary>
internal static class KeyList
{
    /// <summary>The parts between commas, trimmed, without empty ones (a trailing comma is allowed).</summary>
    public static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
