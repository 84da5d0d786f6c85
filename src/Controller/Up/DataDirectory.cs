namespace SecretsOps.Controller.Up;

/// <summary>Finds the directory of the cluster's state.</summary>
internal static class DataDirectory
{
    /// <summary>The given one, else <c>secretsops</c> under <c>XDG_DATA_HOME</c> or <c>~/.local/share</c>.</summary>
    public static string Of(string given)
    {
        if (given.Length > 0)
        {
            return Path.GetFullPath(given);
        }

        var home = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
            ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Combine(home, "secretsops");
    }
}
