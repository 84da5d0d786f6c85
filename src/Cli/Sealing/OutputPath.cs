namespace SecretsOps.Cli.Sealing;

/// <summary>Chooses where sealed text goes: one rule for one file or many, one cluster or many.</summary>
internal static class OutputPath
{
    /// <summary>The path to write, or null for standard output.</summary>
    internal static string? For(string output, string input, string relative, string cluster, bool hasManyClusters, bool hasManyFiles)
    {
        var isDirectory = hasManyFiles || hasManyClusters || output.EndsWith('/') || Directory.Exists(output);
        if (output.Length > 0)
        {
            return isDirectory ? Path.Combine(output, cluster, relative) : output;
        }

        if (!hasManyFiles && !hasManyClusters)
        {
            return null;
        }

        var directory = input == "-" ? "" : Path.GetDirectoryName(input) ?? "";
        var suffix = cluster.Length == 0 ? ".sealed" : $".{cluster}.sealed";
        return Path.Combine(directory, Path.GetFileNameWithoutExtension(relative) + suffix + Path.GetExtension(relative));
    }
}
