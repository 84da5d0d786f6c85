using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Sops.Lossless;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Tests;

/// <summary>What holds for every document of every store.</summary>
public sealed class StorePropertyTests
{
    private const int Documents = 150;

    public static TheoryData<SopsFormat> Formats => [SopsFormat.Yaml, SopsFormat.Json, SopsFormat.Dotenv, SopsFormat.Ini, SopsFormat.Toml, SopsFormat.Binary];

    /// <summary>Those with more than one key.</summary>
    public static TheoryData<SopsFormat> TreeFormats => [SopsFormat.Yaml, SopsFormat.Json, SopsFormat.Dotenv, SopsFormat.Ini, SopsFormat.Toml];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Decrypting_what_was_encrypted_gives_the_document(SopsFormat format)
    {
        for (var seed = 0; seed < Documents; seed++)
        {
            var (store, plain) = Plain(format, seed);
            using var dataKey = SecretBytes.Random(32);

            var encrypted = Encrypted(store, plain, dataKey);

            var document = store.LoadEncrypted(encrypted);
            using var opened = OpenedDocument.Open(document, new SecretBytes(dataKey.Span), new DecryptOptions(), remembersNonces: false);
            Assert.True(plain.AsSpan().SequenceEqual(store.EmitPlain(opened.Trees)), $"seed {seed}: the plaintext changed:\n{Encoding.UTF8.GetString(plain)}\n---\n{Encoding.UTF8.GetString(store.EmitPlain(opened.Trees))}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Emitting_what_was_loaded_gives_the_same_bytes(SopsFormat format)
    {
        for (var seed = 0; seed < Documents; seed++)
        {
            var (store, plain) = Plain(format, seed);
            using var dataKey = SecretBytes.Random(32);
            var encrypted = Encrypted(store, plain, dataKey);

            var document = store.LoadEncrypted(encrypted);

            Assert.Equal(encrypted, store.EmitEncrypted(document.Trees, document.Metadata));
            Assert.Equal(plain, store.EmitPlain(store.LoadPlain(plain)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Any_changed_byte_of_ciphertext_nonce_tag_or_MAC_is_refused(SopsFormat format)
    {
        var refused = 0;
        foreach (var seed in new[] { 7, 8, 10 }) // single documents: later copies of the metadata are not read
        {
            var (store, plain) = Plain(format, seed, longest: 100);
            using var dataKey = SecretBytes.Random(32);
            var text = Encoding.UTF8.GetString(Encrypted(store, plain, dataKey));
            for (var at = text.IndexOf("ENC[", StringComparison.Ordinal); at >= 0; at = text.IndexOf("ENC[", at + 1, StringComparison.Ordinal))
            {
                var end = text.IndexOf(",type:", at, StringComparison.Ordinal);
                var isComment = end > 0 && text.AsSpan(end).StartsWith(",type:comment"); // comments are outside of the MAC: row 30
                for (var position = at; position < end && !isComment; position++)
                {
                    refused++;
                    var changed = text.Remove(position, 1).Insert(position, Neighbour(text[position]));
                    Assert.ThrowsAny<SopsException>(() => Open(store, Encoding.UTF8.GetBytes(changed), dataKey));
                }
            }
        }

        Assert.True(refused > 500, $"only {refused} bytes were tried");
    }

    [Theory]
    [MemberData(nameof(TreeFormats))]
    public void A_renamed_key_above_a_ciphertext_is_refused(SopsFormat format)
    {
        var refused = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var (store, plain) = Plain(format, seed);
            using var dataKey = SecretBytes.Random(32);
            var document = store.LoadEncrypted(Encrypted(store, plain, dataKey));
            foreach (var (branch, index) in document.Trees.SelectMany(BranchItems).Where(place => HasCiphertext(place.Branch.Items[place.Index].Value)))
            {
                refused++;
                var item = branch.Items[index];
                branch.Items[index] = new TreeItem(item.Key + "x", item.Value);
                Assert.ThrowsAny<SopsException>(() => Open(document, dataKey));
                branch.Items[index] = item;
            }

            Open(document, dataKey);
        }

        Assert.True(refused > 30, $"only {refused} keys were tried");
    }

    [Theory]
    [MemberData(nameof(TreeFormats))]
    public void A_changed_plain_value_is_refused(SopsFormat format)
    {
        var refused = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var (store, plain) = Plain(format, seed);
            using var dataKey = SecretBytes.Random(32);
            var document = store.LoadEncrypted(Encrypted(store, plain, dataKey, new SelectionRule(SelectionRuleKind.EncryptedRegex, "^(a|A)$")));
            foreach (var (branch, index) in document.Trees.SelectMany(BranchItems).Where(place => IsPlainScalar(place.Branch.Items[place.Index].Value)))
            {
                refused++;
                var item = branch.Items[index];
                branch.Items[index] = new TreeItem(item.Key, TreeScalar.OfText(((TreeScalar)item.Value).Text + "x"));
                Assert.ThrowsAny<SopsException>(() => Open(document, dataKey));
                branch.Items[index] = item;
            }
        }

        Assert.True(refused > 30, $"only {refused} values were tried");
    }

    [Fact]
    public void Splicing_ciphertext_in_and_out_of_a_YAML_text_gives_the_text_back()
    {
        var spliced = 0;
        for (var seed = 0; seed < Documents; seed++)
        {
            var (store, plain) = Plain(SopsFormat.Yaml, seed);
            using var dataKey = SecretBytes.Random(32);
            var trees = store.LoadPlain(plain);
            using var cipher = new ValueCipher(new SecretBytes(dataKey.Span));
            var sealedTrees = TreeCipher.Encrypt(trees, cipher, SelectionRule.Default, isMacOnlyEncrypted: false).Trees.ConvertAll(TreeComments.WithListComments);

            if (YamlSplice.TryApply(plain, trees, sealedTrees) is not { } encrypted)
            {
                continue;
            }

            spliced++;
            var back = TreeCipher.Decrypt(store.LoadPlain(encrypted), cipher, SelectionRule.Default, false, null).Trees;
            Assert.Equal(plain, store.EmitPlain(back));
        }

        Assert.True(spliced > Documents / 2, $"only {spliced} of {Documents} could be spliced");
    }

    private static void Open(ISopsStore store, byte[] text, SecretBytes dataKey) => Open(store.LoadEncrypted(text), dataKey);

    private static void Open(SopsDocument document, SecretBytes dataKey)
    {
        using var opened = OpenedDocument.Open(document, new SecretBytes(dataKey.Span), new DecryptOptions(), remembersNonces: false);
    }

    /// <summary>The next character of base64, so that the lowest bits change too.</summary>
    private static string Neighbour(char character)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var at = Alphabet.IndexOf(character, StringComparison.Ordinal);
        return at < 0 ? "A" : Alphabet[at ^ 1].ToString();
    }

    private static IEnumerable<(TreeBranch Branch, int Index)> BranchItems(TreeNode node) => node switch
    {
        TreeBranch branch => Enumerable.Range(0, branch.Items.Count).Where(index => branch.Items[index].Comment is null)
            .SelectMany(index => BranchItems(branch.Items[index].Value).Append((branch, index))),
        TreeList list => list.Elements.SelectMany(BranchItems),
        _ => [],
    };

    private static bool HasCiphertext(TreeNode node) => node switch
    {
        TreeBranch branch => branch.Items.Any(item => item.Comment is null && HasCiphertext(item.Value)),
        TreeList list => list.Elements.Any(HasCiphertext),
        TreeScalar scalar => EncryptedValue.LooksEncrypted(scalar.Plaintext.Span) && !scalar.Text.EndsWith(",type:comment]", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsPlainScalar(TreeNode node) => node is TreeScalar { Kind: not TreeScalarKind.Null } scalar && !EncryptedValue.LooksEncrypted(scalar.Plaintext.Span);

    private static (ISopsStore Store, byte[] Plain) Plain(SopsFormat format, int seed, int longest = 3000)
    {
        var generated = new GeneratedDocument(seed);
        var store = SopsStores.For(format, new StoreOptions());
        return (store, format switch
        {
            SopsFormat.Yaml => store.EmitPlain([generated.Nested(hasComments: true), .. seed % 3 == 0 ? new[] { generated.Nested(hasComments: true) } : []]),
            SopsFormat.Toml => store.EmitPlain([new GeneratedDocument(seed) { HasNulls = false }.Nested(hasComments: true)]),
            SopsFormat.Json => store.EmitPlain([generated.Nested(hasComments: false)]),
            SopsFormat.Dotenv => store.EmitPlain([generated.Flat(text => !text.Contains('\\', StringComparison.Ordinal))]),
            SopsFormat.Ini => store.EmitPlain([new TreeBranch { Items = [new TreeItem("DEFAULT", new TreeBranch()), new TreeItem("s", generated.Flat(IsFitForIni))] }]),
            _ => [.. "content: "u8, .. generated.Bytes(longest)],
        });
    }

    /// <summary>What gopkg.in/ini cannot carry is no matter of ours: control characters, its own quotes, a backslash at the end.</summary>
    private static bool IsFitForIni(string text) =>
        text.AsSpan().IndexOfAny("\"'`\\") < 0 && !text.Contains('\n', StringComparison.Ordinal) && text.Trim() == text && !text.Any(char.IsControl) && !text.Contains('\u2028', StringComparison.Ordinal);

    private static byte[] Encrypted(ISopsStore store, byte[] plain, SecretBytes dataKey, SelectionRule? rule = null)
    {
        using var cipher = new ValueCipher(new SecretBytes(dataKey.Span));
        var metadata = new SopsMetadata
        {
            KeyGroups = [new KeyGroup([new WrappedKey(new AgeMasterKey("age1test"), "wrapped\nkey\n")])],
            Rule = rule ?? SelectionRule.Default,
            Version = DocumentSealer.Version,
        };
        var document = DocumentSealer.Seal(store.LoadPlain(plain), metadata, cipher, TimeProvider.System);
        return store.EmitEncrypted(document.Trees, document.Metadata);
    }
}
