using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.Sops;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Row 178: time is the matter of tests/Benchmarks/Sops; what a test can hold to is that the work grows with the size and not faster.</summary>
public sealed class LargeFileRowTests
{
    [Theory]
    [InlineData(SopsFormat.Yaml)]
    [InlineData(SopsFormat.Json)]
    public void Row_178_The_work_for_a_large_file_grows_with_its_size(SopsFormat format)
    {
        Allocated(1000);

        var (single, tenfold) = (Allocated(5_000), Allocated(50_000));

        Assert.True(tenfold < 12 * single, $"{single} bytes for 5,000 values, {tenfold} for 50,000");

        long Allocated(int values)
        {
            var tree = new TreeBranch { Items = [.. Enumerable.Range(0, values).Select(number => new TreeItem($"key{number}", TreeScalar.OfText($"value {number}")))] };
            var store = SopsStores.For(format, new StoreOptions());
            using var dataKey = SecretBytes.Random(32);
            using var cipher = new ValueCipher(new SecretBytes(dataKey.Span));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var sealedDocument = DocumentSealer.Seal([tree], new SopsMetadata { Rule = SelectionRule.Default, Version = DocumentSealer.Version }, cipher, TimeProvider.System);
            var text = store.EmitPlain(sealedDocument.Trees);
            var (trees, _) = TreeCipher.Decrypt(store.LoadPlain(text), cipher, SelectionRule.Default, false, null);
            Assert.Equal(values, ((TreeBranch)trees[0]).Items.Count);
            Assert.Contains("ENC[", Encoding.UTF8.GetString(text, 0, 200), StringComparison.Ordinal);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
