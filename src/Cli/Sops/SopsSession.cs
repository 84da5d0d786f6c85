using System.Globalization;
using SecretsOps.KeyManagement;
using SecretsOps.Sops;
using SecretsOps.Sops.Configuration;
using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Cli.Sops;

/// <summary>One run of a command: its arguments, the process, and what both say about configuration, keys and stores.</summary>
internal sealed class SopsSession(SopsArguments arguments, CliEnvironment environment, SopsDialect dialect = SopsDialect.Sops)
{
    private readonly Dictionary<string, SopsConfig> _configs = new(StringComparer.Ordinal);
    private IKeyService? _keys;

    public SopsArguments Arguments { get; } = arguments;

    public CliEnvironment Environment { get; } = environment;

    /// <summary>Whose habits to follow.</summary>
    public SopsDialect Dialect { get; } = dialect;

    /// <summary>The services that wrap and unwrap.</summary>
    public IKeyService Keys => _keys ??= SopsKeyServices.Create(Arguments, Environment, Warn);

    /// <summary>The configuration that is found from the current directory, or null when there is none.</summary>
    public SopsConfig? Config => LoadConfig(ConfigPath(null));

    /// <summary>The configuration for a file: sops looks from the current directory upward, we from the file's own directory.</summary>
    public SopsConfig? ConfigFor(string path) => LoadConfig(ConfigPath(path));

    /// <summary>Indentation by <c>--indent</c>, else by the configuration.</summary>
    public StoreOptions StoreOptions
    {
        get
        {
            // Lists at the top are ours alone: real sops cannot read such files.
            var options = (Config?.Stores ?? new StoreOptions()) with { AllowsAnyRoot = Dialect == SopsDialect.SecretsOps };
            var text = Arguments.TextAnywhere("indent");
            if (text.Length == 0)
            {
                return options;
            }

            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var indent)
                ? options with { YamlIndent = indent, JsonIndent = indent, BinaryIndent = indent }
                : throw new SopsUsageException($"invalid value \"{text}\" for flag -indent: parse error");
        }
    }

    /// <summary>How to decrypt.</summary>
    public DecryptOptions DecryptOptions => new()
    {
        IgnoresMac = Arguments.FlagAnywhere("ignore-mac"),
        Order = Order(),
        Stores = StoreOptions,
        Warn = message => Log("SOPS", "warning", message),
    };

    public ISopsStore Store(SopsFormat format) => SopsStores.For(format, StoreOptions);

    /// <summary>The file that a command works on, absolute.</summary>
    /// <exception cref="SopsException">There is none, or several.</exception>
    public string RequireFile()
    {
        WarnAboutMore(1);
        return Arguments.Positional.Count > 0
            ? Environment.PathOf(Arguments.Positional[0])
            : throw new SopsException(SopsExitCode.NoFile, "Error: no file specified");
    }

    /// <summary>For commands of sops that look for the configuration before anything else.</summary>
    /// <exception cref="SopsException">There is none.</exception>
    public void RequireConfig()
    {
        if (Dialect == SopsDialect.Sops && Config is null)
        {
            throw new SopsException(SopsExitCode.Generic, "config file not found");
        }
    }

    public void WarnAboutMore(int expected)
    {
        if (Arguments.Positional.Count <= expected)
        {
            return;
        }

        Warn("More than one positional argument provided. Only the first one will be used!");
        if (Arguments.Positional.Skip(1).LastOrDefault(word => word.StartsWith('-')) is { } option)
        {
            Warn($"Note that one of the ignored positional argument is \"{option}\", which looks like a flag. Flags must always be provided before the first positional argument!");
        }
    }

    public SopsFormat InputFormat(string path) => SopsFormats.Resolve(Arguments.TextAnywhere("input-type"), path);

    public SopsFormat OutputFormat(string path) => SopsFormats.Resolve(Arguments.TextAnywhere("output-type"), path);

    public static byte[] Read(string path, SopsExitCode code = SopsExitCode.CannotRead)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = failure switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"open {path}: no such file or directory",
                UnauthorizedAccessException when Directory.Exists(path) => $"read {path}: is a directory",
                UnauthorizedAccessException => $"open {path}: permission denied",
                _ => failure.Message,
            };
            throw new SopsException(code, $"Error reading file: {reason}", failure);
        }
    }

    public byte[] ReadInput()
    {
        using var buffer = new MemoryStream();
        Environment.Input.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>Writes to the file in place, to <c>--output</c>, or to standard output.</summary>
    public void WriteOutput(ReadOnlySpan<byte> bytes, string? path)
    {
        var output = Arguments.Text("output");
        if (Arguments.Flag("in-place") && path is not null)
        {
            Write(path, bytes);
        }
        else if (output.Length > 0)
        {
            Write(Environment.PathOf(output), bytes);
        }
        else
        {
            Environment.Output.Write(bytes);
            Environment.Output.Flush();
        }
    }

    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            AtomicFile.Write(path, bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SopsException(SopsExitCode.CannotWrite, $"Could not write file '{path}': {failure.Message}", failure);
        }
    }

    /// <summary>The exit code of a command, after telling it as sops does when it is not zero.</summary>
    public int Told(int exitCode)
    {
        if (exitCode != 0 && Dialect == SopsDialect.Sops)
        {
            Environment.PrintError($"exit status {exitCode}\n");
        }

        return exitCode;
    }

    public void Warn(string message) => Log("CMD", "warning", message);

    /// <summary>A line in the form of sops's logger, or of ours.</summary>
    public void Log(string area, string level, string message) => Environment.PrintError(Dialect == SopsDialect.SecretsOps
        ? $"secretsops: {level}: {message}\n"
        : LogLine(area, level, message));

    /// <summary>What sops says with <c>--verbose</c> only, and we always.</summary>
    public void Inform(string area, string message)
    {
        if (Dialect == SopsDialect.SecretsOps || Arguments.FlagAnywhere("verbose"))
        {
            Log(area, "info", message);
        }
    }

    private string LogLine(string area, string level, string message) =>
        $"[{area}]\t time=\"{Environment.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\" level={level} msg={GoQuoted(message)}\n";


    private static string GoQuoted(string message) =>
        $"\"{message.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private string? ConfigPath(string? file)
    {
        var path = Arguments.TextAnywhere("config");
        if (path.Length > 0)
        {
            return Environment.PathOf(path);
        }

        var ownDirectory = Dialect == SopsDialect.SecretsOps && file is not null ? Path.GetDirectoryName(file) : null;
        return SopsConfig.Find(ownDirectory ?? Environment.CurrentDirectory, Warn);
    }

    private SopsConfig? LoadConfig(string? path)
    {
        if (path is null)
        {
            return null;
        }

        lock (_configs)
        {
            if (!_configs.TryGetValue(path, out var config))
            {
                config = SopsConfig.Load(path);
                _configs[path] = Dialect == SopsDialect.Sops || config.UnknownKeys.Count == 0 ? config : throw new SopsException(
                    SopsExitCode.Generic, string.Join('\n', config.UnknownKeys));
            }

            return config;
        }
    }

    private IReadOnlyList<string> Order()
    {
        var text = Arguments.TextAnywhere("decryption-order");
        if (text.Length == 0)
        {
            return DataKeys.DefaultOrder;
        }

        var order = text.Split(',', StringSplitOptions.TrimEntries);
        var twice = order.GroupBy(type => type, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? order : throw new SopsException(SopsExitCode.DuplicateDecryptionType, $"Duplicate decryption key type: {twice.Key}");
    }
}
