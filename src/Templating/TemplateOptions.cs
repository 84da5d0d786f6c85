using SecretsOps.Templating.Functions;

namespace SecretsOps.Templating;

/// <summary>What a field that is not there gives.</summary>
public enum MissingKey
{
    /// <summary>Nothing: it prints as <c>&lt;no value&gt;</c>.</summary>
    NoValue,

    /// <summary>The zero value of the map's element type.</summary>
    Zero,

    /// <summary>An error.</summary>
    Error,
}

/// <summary>How templates are read and run.</summary>
public sealed record TemplateOptions
{
    /// <summary>Sprig's functions, default limits.</summary>
    public static readonly TemplateOptions Default = new();

    /// <summary>The functions that templates may call, beside Go's own.</summary>
    public FunctionTable Functions { get; init; } = Sprig.Functions;

    /// <summary>What a field that is not there gives.</summary>
    public MissingKey MissingKey { get; init; }

    /// <summary>Longest output and longest single value, in bytes.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most steps of one execution; each node and each kilobyte moved counts as one.</summary>
    public long MaxSteps { get; init; } = 2_000_000;

    /// <summary>Deepest nesting of templates that call templates.</summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>The clock of <c>now</c> and its like.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
