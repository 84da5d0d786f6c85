using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Why a field is refused.</summary>
public enum FieldErrorType
{
    /// <summary>The value is wrong.</summary>
    Invalid,

    /// <summary>A value is missing.</summary>
    Required,

    /// <summary>The value is none of the allowed ones.</summary>
    NotSupported,

    /// <summary>The value may not be given here.</summary>
    Forbidden,

    /// <summary>The value occurs twice.</summary>
    Duplicate,

    /// <summary>The value is too long.</summary>
    TooLong,

    /// <summary>There are too many values.</summary>
    TooMany,

    /// <summary>The value is of another type.</summary>
    TypeInvalid,

    /// <summary>The referenced value does not exist.</summary>
    NotFound,
}

/// <summary>One refused field, worded as the API server words it.</summary>
public sealed record FieldError(FieldErrorType Type, string Field, string Detail)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The offending value as the message shows it (already quoted or rendered), or null.</summary>
    public string? BadValue { get; init; }

    /// <summary><c>spec.x: Invalid value: "y": why</c>.</summary>
    public string Message => $"{Field}: {Body}";

    private string Body
    {
        get
        {
            var title = Type switch
            {
                FieldErrorType.Required => "Required value",
                FieldErrorType.NotSupported => "Unsupported value",
                FieldErrorType.Forbidden => "Forbidden",
                FieldErrorType.Duplicate => "Duplicate value",
                FieldErrorType.TooLong => "Too long",
                FieldErrorType.TooMany => "Too many",
                FieldErrorType.NotFound => "Not found",
                _ => "Invalid value",
            };
            var shown = BadValue is null ? title : $"{title}: {BadValue}";
            return Detail.Length == 0 ? shown : $"{shown}: {Detail}";
        }
    }

    /// <summary>A wrong value.</summary>
    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new(FieldErrorType.Invalid, field, detail) { BadValue = Show(value) };

    /// <summary>A missing value.</summary>
    public static FieldError Required(string field, string detail = "") => new(FieldErrorType.Required, field, detail);

    /// <summary>A value that may not be given.</summary>
    public static FieldError Forbidden(string field, string detail) => new(FieldErrorType.Forbidden, field, detail);

    /// <summary>A value that occurs twice.</summary>
    public static FieldError Duplicate(string field, JsonNode? value) =>
        new(FieldErrorType.Duplicate, field, "") { BadValue = Show(value) };

    /// <summary>A value that is none of the allowed ones.</summary>
    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<string> allowed) =>
        new(FieldErrorType.NotSupported, field, "supported values: " + string.Join(", ", allowed.Select(text => $"\"{text}\"")))
        {
            BadValue = Show(value),
        };

    /// <summary>Text longer than allowed.</summary>
    public static FieldError TooLong(string field, int maximum) =>
        new(FieldErrorType.TooLong, field, $"may not be more than {maximum} bytes");

    internal JsonObject ToCause() => new()
    {
        ["reason"] = "FieldValue" + (Type is FieldErrorType.TypeInvalid ? "TypeInvalid" : Type.ToString()),
        ["message"] = Body,
        ["field"] = Field,
    };

    internal static string Show(JsonNode? value) => value?.ToJsonString(Relaxed) ?? "null";
}
