using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Tests.Client;

public sealed class WarningHeaderTests
{
    [Theory]
    [InlineData("""299 - "unknown field \"spec.dada\"" """, new[] { "unknown field \"spec.dada\"" })]
    [InlineData("""299 - "a \\ b", 299 host "c, d" "Mon, 23 Nov 2026 05:00:00 GMT", 199 - "e" """, new[] { """a \ b""", "c, d", "e" })]
    [InlineData("299 - nothing quoted", new string[0])]
    [InlineData("299 - \"never ends\\\"", new[] { "never ends\"" })]
    public void TextsOf_reads_every_quoted_text(string header, string[] expected) => Assert.Equal(expected, WarningHeader.TextsOf(header));
}
