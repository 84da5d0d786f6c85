namespace SecretsOps.GitOps.Tools;

/// <summary>A running program that is asked and answers over its standard streams.</summary>
internal sealed class ToolSession(Stream input, Stream output, Action close) : IDisposable
{
    public Stream Input { get; } = input;

    public Stream Output { get; } = output;

    public void Dispose() => close();
}
