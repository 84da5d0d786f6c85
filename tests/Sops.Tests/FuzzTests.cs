using System.Diagnostics;
using System.Globalization;
using System.Text;
using SecretsOps.Sops.Configuration;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Sops.Tests;

/// <summary>Every parser survives mutated input: it reads it or refuses it with our exception, soon.</summary>
/// <remarks><c>SECRETSOPS_FUZZ_MUTATIONS</c> sets the number of mutations per parser; else it is 100,000 in continuous integration, and 20,000 in the seconds of a developer.</remarks>
public sealed class FuzzTests
{
    // A hang, not slowness: texts of a few hundred bytes take microseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly int Mutations = int.TryParse(Environment.GetEnvironmentVariable("SECRETSOPS_FUZZ_MUTATIONS"), CultureInfo.InvariantCulture, out var given) ? given
        : Environment.GetEnvironmentVariable("CI") == "true" ? 100_000 : 20_000;

    public static TheoryData<string> Parsers => ["yaml", "json", "dotenv", "ini", "toml", "config"];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void Mutated_text_is_read_or_refused(string parser)
    {
        var seeds = Seeds(parser);
        for (var number = 0; number < Mutations; number++)
        {
            var text = new GeneratedDocument(number).Mutated(seeds[number % seeds.Count]);
            var start = Stopwatch.GetTimestamp();
            try
            {
                Read(parser, text);
                Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"mutation {number} of {parser} took {Stopwatch.GetElapsedTime(start)}\n{Convert.ToBase64String(text)}");
            }
            catch (SopsException)
            {
                // Refused: as good as read.
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutation {number} of {parser} ended in {failure.GetType().Name}: {failure.Message}\n{Convert.ToBase64String(text)}\n{failure.StackTrace}");
            }
        }
    }

    /// <summary>Texts that repeat one piece: where a parser copies or looks back, memory grows with the square of the length.</summary>
    [Theory]
    [InlineData("yaml", "a:\n  b: 1\n", " # c\n# d\n   # e\n\n", "")]
    [InlineData("yaml", "a: 1\n", "...\n# c\n", "")]
    [InlineData("yaml", "a:\n", "- - # c\n", "")]
    [InlineData("yaml", "a:\n", "# c\n\n", "")]
    [InlineData("yaml", "a: [", "[], ", "]\n")]
    [InlineData("yaml", "a: &x [1, 2]\nb:\n", "- *x\n", "")]
    [InlineData("yaml", "", "---\na: 1\n", "")]
    [InlineData("yaml", "a: \"", "x\\\n ", "\"\n")]
    [InlineData("json", "{\"a\":[", "1,", "1]}")]
    [InlineData("json", "{", "\"a\":1,", "\"b\":1}")]
    [InlineData("dotenv", "", "#\n", "")]
    [InlineData("dotenv", "sops_", "a__map_", "=x\n")]
    [InlineData("ini", "[s]\n", "a = x\n", "")]
    [InlineData("ini", "[s]\na = \"\"\"", "x\n", "\"\"\"\n")]
    [InlineData("toml", "", "# c\n", "")]
    [InlineData("toml", "a = [", "1, # c\n", "]\n")]
    [InlineData("toml", "", "[[t]]\nk = 1\n", "")]
    [InlineData("config", "creation_rules:\n", "- path_regex: a\n  age: x\n", "")]
    public void Memory_grows_with_the_text_and_not_faster(string parser, string head, string piece, string tail)
    {
        const int Pieces = 10_000;
        Allocated(Pieces / 10);

        var (single, doubled) = (Allocated(Pieces), Allocated(2 * Pieces));

        Assert.True(doubled < 3 * single, $"{single} bytes for {Pieces} pieces, {doubled} for twice as many");

        long Allocated(int pieces)
        {
            var text = Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat(piece, pieces)) + tail);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Read(parser, text);
            }
            catch (SopsException)
            {
                // Refused: what it took to find out counts.
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Aliases_are_counted_over_all_documents()
    {
        var document = "---\na: &a [" + string.Join(", ", Enumerable.Repeat("x", 100)) + "]\nb: [" + string.Join(", ", Enumerable.Repeat("*a", 100)) + "]\n";

        var failure = Assert.Throws<SopsException>(() => Read("yaml", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(document, 20)))));

        Assert.Contains("excessive aliasing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_of_aliases_that_grow_without_end_is_refused()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 12; level++)
        {
            text.Append(CultureInfo.InvariantCulture, $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        var failure = Assert.Throws<SopsException>(() => Read("yaml", Encoding.UTF8.GetBytes(text.ToString())));
        Assert.Contains("excessive aliasing", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yaml", "a: &a [*a]\n")]
    [InlineData("yaml", "a: &a {b: *a}\n")]
    public void An_anchor_that_contains_itself_is_refused(string parser, string text) =>
        Assert.Throws<SopsException>(() => Read(parser, Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow_the_stack()
    {
        Assert.Throws<SopsException>(() => Read("yaml", Encoding.UTF8.GetBytes("a: " + new string('[', 100_000))));
        Assert.Throws<SopsException>(() => Read("toml", Encoding.UTF8.GetBytes("a = " + new string('[', 100_000))));
        Assert.Throws<SopsException>(() => Read("toml", Encoding.UTF8.GetBytes("a" + string.Concat(Enumerable.Repeat(".a", 100_000)) + " = 1")));
        Assert.Throws<SopsException>(() => Read("json", Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100_000))));
    }

    private static void Read(string parser, byte[] text)
    {
        if (parser == "config")
        {
            SopsConfig.Parse(text, ".sops.yaml");
            return;
        }

        var store = SopsStores.For(SopsFormats.FromName(parser)!.Value, new StoreOptions());
        var trees = store.LoadPlain(text);
        store.EmitPlain(trees);
        if (store.HasMetadata(trees))
        {
            store.LoadEncrypted(text);
        }
    }

    private static List<byte[]> Seeds(string parser) => parser switch
    {
        "config" => [Encoding.UTF8.GetBytes("creation_rules:\n  - path_regex: ^a/(b|c)$\n    age: age1x,age1y\n    key_groups:\n      - merge:\n          - pgp: [AB]\n        kms:\n          - arn: x\n            context: {a: b}\nstores:\n  yaml: {indent: 2}\n")],
        _ => [.. Enumerable.Range(0, 20).Select(seed => Seed(parser, seed))],
    };

    private static byte[] Seed(string parser, int seed)
    {
        var generated = new GeneratedDocument(seed);
        var store = SopsStores.For(SopsFormats.FromName(parser)!.Value, new StoreOptions());
        return parser switch
        {
            "yaml" => [.. store.EmitPlain([generated.Nested(hasComments: true)]), .. "sops:\n    mac: ENC[x]\n    age:\n        - enc: |\n            x\n          recipient: age1\n    lastmodified: \"2024-01-01T00:00:00Z\"\n"u8],
            "toml" => [.. store.EmitPlain([new GeneratedDocument(seed) { HasNulls = false }.Nested(hasComments: true)]), .. "\n[x.y]\nd = 2024-01-01T00:00:00.5Z\nh = 0xFF\nm = \"\"\"\na\\\n  b\"\"\"\nl = [1, # c\n 'q', {a.b = 1.5e3}]\n[[t]]\n[sops]\nmac = \"x\"\n"u8],
            "json" => store.EmitPlain([generated.Nested(hasComments: false)]),
            "dotenv" => [.. store.EmitPlain([generated.Flat(_ => true)]), .. "sops_age__list_0__map_enc=x\nsops_lastmodified=2024-01-01T00:00:00Z\nsops_mac=y\n"u8],
            _ => Encoding.UTF8.GetBytes("; c\n[s]\na = 1\nb = \"\"\"x\ny\"\"\"\nc = `q` ; d\n[sops]\nage__list_0__map_enc = x\nlastmodified = 2024-01-01T00:00:00Z\n"),
        };
    }
}
