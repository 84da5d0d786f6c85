namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>The shared files <c>~/.aws/config</c> and <c>~/.aws/credentials</c>, merged by profile.</summary>
internal sealed class AwsConfigFile
{
    private readonly Dictionary<string, Dictionary<string, string>> _sections = new(StringComparer.Ordinal);

    public static AwsConfigFile Load(KeyEnvironment environment)
    {
        var file = new AwsConfigFile();
        var folder = environment.HomeDirectory is { } home ? Path.Combine(home, ".aws") : null;
        file.Read(environment.NonEmpty("AWS_CONFIG_FILE") ?? (folder is null ? null : Path.Combine(folder, "config")));
        file.Read(environment.NonEmpty("AWS_SHARED_CREDENTIALS_FILE") ?? (folder is null ? null : Path.Combine(folder, "credentials")));
        return file;
    }

    /// <summary>A profile's settings; <c>null</c> when neither file has it.</summary>
    public IReadOnlyDictionary<string, string>? Profile(string name) => _sections.GetValueOrDefault(name);

    /// <summary>A setting of <c>[services NAME]</c>, written <c>kms.endpoint_url</c>.</summary>
    public string? ServiceSetting(string services, string setting) => _sections.GetValueOrDefault($"services {services}")?.GetValueOrDefault(setting);

    /// <summary>A <c>[sso-session NAME]</c>.</summary>
    public IReadOnlyDictionary<string, string>? SsoSession(string name) => _sections.GetValueOrDefault($"sso-session {name}");

    private void Read(string? path)
    {
        if (path is null || !File.Exists(path))
        {
            return;
        }

        var section = new Dictionary<string, string>(StringComparer.Ordinal);
        var parent = "";
        foreach (var line in KeyEnvironment.ReadText(path).Split('\n'))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
            {
                continue;
            }

            if (text is ['[', .. var name, ']'])
            {
                section = Section(name.Trim());
                continue;
            }

            Set(section, text, isNested: char.IsWhiteSpace(line[0]), ref parent);
        }
    }

    private Dictionary<string, string> Section(string header)
    {
        var name = header.StartsWith("profile ", StringComparison.Ordinal) ? header["profile ".Length..].Trim() : header;
        if (!_sections.TryGetValue(name, out var section))
        {
            _sections[name] = section = new Dictionary<string, string>(StringComparer.Ordinal);
        }

        return section;
    }

    // "kms =" with indented lines below it is a nested block: its settings become "kms.endpoint_url".
    private static void Set(Dictionary<string, string> section, string text, bool isNested, ref string parent)
    {
        if (text.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
        {
            return;
        }

        section[isNested && parent.Length > 0 ? $"{parent}.{name}" : name] = value;
        if (!isNested)
        {
            parent = value.Length == 0 ? name : "";
        }
    }
}
