using SecretsOps.Templating.Execution;
using SecretsOps.Templating.Parsing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating;

/// <summary>A parsed Go text/template: run it on a value to get bytes. Safe for concurrent use.</summary>
public sealed class Template
{
    private readonly Dictionary<string, ListNode> _trees;
    private readonly TemplateOptions _options;

    private Template(string name, string source, Dictionary<string, ListNode> trees, TemplateOptions options)
    {
        CarrierName = name;
        Source = source;
        _trees = trees;
        _options = options;
    }

    /// <summary>The template's name, as messages show it.</summary>
    public string Name => ByteText.ToText(CarrierName);

    internal string CarrierName { get; }

    internal string Source { get; }

    /// <summary>Reads a template from text.</summary>
    /// <exception cref="TemplateException">The text is not a template, or calls a function that does not exist.</exception>
    public static Template Parse(string name, string text, TemplateOptions options) => ParseCarrier(name, ByteText.FromText(text), options);

    /// <summary>Reads a template from bytes.</summary>
    /// <exception cref="TemplateException">The bytes are not a template, or call a function that does not exist.</exception>
    public static Template Parse(string name, ReadOnlySpan<byte> bytes, TemplateOptions options) =>
        ParseCarrier(name, ByteText.FromBytes(bytes), options);

    /// <summary>Runs the template.</summary>
    /// <param name="value">What <c>.</c> is: a <see cref="GoMap"/>, a <see cref="GoList"/>, a text carrier, a number, a bool or null.</param>
    /// <exception cref="TemplateException">Something in it failed, or it exceeds a limit of its options.</exception>
    public byte[] Execute(object? value) => new Executor(this, _options).Run(_trees[CarrierName], value);

    internal ListNode? Find(string name) => _trees.GetValueOrDefault(name);

    private static Template ParseCarrier(string name, string source, TemplateOptions options)
    {
        var carrierName = ByteText.FromText(name);
        return new Template(carrierName, source, Parser.Parse(carrierName, source, options.Functions), options);
    }
}
