using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecretsOps.Controller.Logging;

/// <summary>Writes one record as Go's slog writes it: logfmt text or one JSON object.</summary>
internal static class LogLine
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" =\"\\\n\r\t");
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>time=… level=INFO msg="…" key=value</c></summary>
    public static string AsText(DateTimeOffset time, LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var line = new StringBuilder(160);
        line.Append("time=").Append(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        line.Append(" level=").Append(Word(level)).Append(" msg=").Append(Quoted(message));
        foreach (var (key, value) in attributes)
        {
            line.Append(' ').Append(key).Append('=').Append(Quoted(Text(value)));
        }

        return line.Append('\n').ToString();
    }

    /// <summary><c>{"time":"…","level":"INFO","msg":"…","key":"value"}</c></summary>
    public static string AsJson(DateTimeOffset time, LogLevel level, string message, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", Word(level));
            writer.WriteString("msg", message);
            foreach (var (key, value) in attributes)
            {
                writer.WriteString(key, Text(value));
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    private static string Text(object? value) => value switch
    {
        null => "<nil>",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Quoted(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny(NeedsQuotes) && !text.Any(char.IsControl)
            ? text
            : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
