using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Logging;

/// <summary>Sends log records to stdout and stderr in upstream's format and split.</summary>
internal sealed class SlogLoggerProvider(LogOptions options, TextWriter output, TextWriter errors, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _oneLineAtATime = new();

    private LogLevel Minimum => options.Level.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.Debug,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        _ => LogLevel.Information,
    };

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new SlogLogger(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        output.Flush();
        errors.Flush();
    }

    private void Write(LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var line = options.Format == "json"
            ? LogLine.AsJson(time.GetUtcNow(), level, message, attributes)
            : LogLine.AsText(time.GetUtcNow(), level, message, attributes);
        var writer = options.InfoToStdout && level <= LogLevel.Information ? output : errors;
        lock (_oneLineAtATime)
        {
            writer.Write(line);
            writer.Flush();
        }
    }

    private sealed class SlogLogger(SlogLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var attributes = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            var visible = attributes.Where(attribute => attribute.Key != "{OriginalFormat}")
                .Select(attribute => KeyValuePair.Create(attribute.Key.TrimStart('@'), attribute.Value)); // C# keywords keep their @
            provider.Write(logLevel, formatter(state, exception), exception is null ? visible : visible.Append(new("error", exception.Message)));
        }
    }
}
