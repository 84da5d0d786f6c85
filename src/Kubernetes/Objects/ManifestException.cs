namespace SecretsOps.Kubernetes.Objects;

/// <summary>A manifest cannot be read; the message names source, document and line.</summary>
public sealed class ManifestException : Exception
{
    /// <summary>Says what is wrong and where.</summary>
    /// <param name="source">File name or other origin.</param>
    /// <param name="document">Number of the document, from 1; 0 when unknown.</param>
    /// <param name="line">Line in the source, from 1; 0 when unknown.</param>
    /// <param name="problem">What is wrong, without a value that may be secret.</param>
    /// <param name="cause">The parser's own error.</param>
    public ManifestException(string source, int document, long line, string problem, Exception? cause = null)
        : base(Compose(source, document, line, problem), cause)
    {
        SourceName = source;
        Document = document;
        Line = line;
        Problem = problem;
    }

    /// <summary>File name or other origin.</summary>
    public string SourceName { get; }

    /// <summary>Number of the document in its source, from 1; 0 when unknown.</summary>
    public int Document { get; }

    /// <summary>Line in the source, from 1; 0 when unknown.</summary>
    public long Line { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    private static string Compose(string source, int document, long line, string problem)
    {
        var place = document > 1 ? $", document {document}" : "";
        return line > 0 ? $"{source}{place}, line {line}: {problem}" : $"{source}{place}: {problem}";
    }
}
