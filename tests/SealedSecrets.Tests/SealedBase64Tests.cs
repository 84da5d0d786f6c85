using System.Text;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class SealedBase64Tests
{
    // Offsets as Go 1.24's encoding/base64 reports them.
    [Theory]
    [InlineData("***not base64***", 0)]
    [InlineData("AAAA*", 4)]
    [InlineData("AA", 0)]
    [InlineData("AAAAA", 4)]
    [InlineData("AA=", 3)]
    [InlineData("AA=A", 2)]
    [InlineData("=AAA", 0)]
    [InlineData("A===", 1)]
    [InlineData("AAA=A", 4)]
    [InlineData("AAAA====", 4)]
    [InlineData("AA AA", 2)]
    public void The_offset_of_the_error_is_gos(string text, int offset)
    {
        Assert.False(SealedBase64.TryDecode(Encoding.ASCII.GetBytes(text), out _, out var found));
        Assert.Equal(offset, found);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("QQ==", "A")]
    [InlineData("QR==", "A")]
    [InlineData("QU\r\nI=\n", "AB")]
    [InlineData("QUJD", "ABC")]
    public void Line_breaks_and_stray_bits_are_passed_over(string text, string value)
    {
        Assert.True(SealedBase64.TryDecode(Encoding.ASCII.GetBytes(text), out var bytes, out _));
        Assert.Equal(value, Encoding.ASCII.GetString(bytes));
    }
}
