using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Tests.Objects;

public sealed class YamlReadingTests
{
    public static TheoryData<string, string> Documents() => new()
    {
        { "a: b", """{"a":"b"}""" },
        { "a: yes\nb: No\nc: on\nd: OFF\ne: y\nf: n\ng: true", """{"a":true,"b":false,"c":true,"d":false,"e":true,"f":false,"g":true}""" },
        { "a: 'yes'\nb: \"no\"\nc: !!str on", """{"a":"yes","b":"no","c":"on"}""" },
        { "a: 0777\nb: 0o17\nc: 0x1F\nd: 0b101\ne: 1_000\nf: -12\ng: +5", """{"a":511,"b":15,"c":31,"d":5,"e":1000,"f":-12,"g":5}""" },
        { "a: 08\nb: 1.0\nc: 1.5e3\nd: .5\ne: 1e21\nf: 0.0000001", """{"a":8,"b":1,"c":1500,"d":0.5,"e":1e+21,"f":1e-7}""" },
        { "a: 18446744073709551615\nb: 9223372036854775807", """{"a":18446744073709551615,"b":9223372036854775807}""" },
        { "a: ~\nb: null\nc:\nd: ''", """{"a":null,"b":null,"c":null,"d":""}""" },
        { "a: 2020-01-01\nb: 12:30:45\nc: 1:2", """{"a":"2020-01-01","b":"12:30:45","c":"1:2"}""" },
        { "1: a\ntrue: b\n1.5: c\n~x: d", """{"1":"a","true":"b","1.5":"c","~x":"d"}""" },
        { "base: &b {x: 1, z: 2}\nc:\n  <<: *b\n  z: 3", """{"base":{"x":1,"z":2},"c":{"x":1,"z":3}}""" },
        { "a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc:\n  <<: [*x, *y]", """{"a":{"k":1},"b":{"k":2,"l":3},"c":{"k":1,"l":3}}""" },
        { "a: &l [1, 2]\nb: *l", """{"a":[1,2],"b":[1,2]}""" },
        { "a: !!binary aGVsbG8=\nb: !!int \"3\"\nc: !!float 1\nd: !custom x", """{"a":"hello","b":3,"c":1,"d":"x"}""" },
        { "a: |\n  x\n  y\nb: >-\n  x\n  y\nc: \"x\\ty\\u00e9\"", """{"a":"x\ny\n","b":"x y","c":"x\tyé"}""" },
        { "y: [y]", """{"true":[true]}""" },
        { "- a\n- - b\n- {c: d}", """["a",["b"],{"c":"d"}]""" },
        { "# note\na: [x, z] # c\n# end", """{"a":["x","z"]}""" },
        { "\ufeffa: b", """{"a":"b"}""" },
        { "a: \U0001F600", "{\"a\":\"\U0001F600\"}" },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Scalars_follow_yaml_1_1_as_kubernetes_reads_it(string yaml, string json)
    {
        var root = YamlText.ToJson(Encoding.UTF8.GetBytes(yaml), "test.yaml").Single().Root!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), root), root.ToJsonString());
    }

    [Theory]
    [InlineData("a: b\na: c", "test.yaml, line 2: key 'a' is given twice in one mapping")]
    [InlineData("a: b\n---\nc: [", "test.yaml, document 2, line")]
    [InlineData("a: *x", "test.yaml, line 1: no anchor 'x' before this alias")]
    [InlineData("a: &x [*x]", "test.yaml, line 1: anchor 'x' contains itself")]
    [InlineData("? [a]\n: b", "test.yaml, line 1: a key must be a scalar")]
    [InlineData("~: b", "test.yaml, line 1: a key must not be null")]
    [InlineData("a: .nan", "test.yaml, line 1: JSON has no NaN and no infinity; quote the value if it is text")]
    [InlineData("a: !!int x", "test.yaml, line 1: the value is not what its tag '!!int' says")]
    [InlineData("a: !!binary '%'", "test.yaml, line 1: the value is tagged !!binary but is not base64")]
    [InlineData("a:\n  <<: 3", "test.yaml, line 2: '<<' needs a mapping or a list of mappings")]
    [InlineData("a: b\n\tc: d", "test.yaml, line")]
    [InlineData("a: \u0001", "test.yaml, line 1: control characters are not allowed in YAML")]
    public void Errors_name_source_document_and_line(string yaml, string expected)
    {
        var error = Assert.Throws<ManifestException>(() => YamlText.ToJson(Encoding.UTF8.GetBytes(yaml), "test.yaml"));

        Assert.StartsWith(expected, error.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_named_as_such()
    {
        var error = Assert.Throws<ManifestException>(() => YamlText.ToJson(new byte[] { (byte)'a', (byte)'\n', 0xFF }, "test.yaml"));

        Assert.Equal("test.yaml, line 2: the text is not UTF-8", error.Message);
    }

    [Fact]
    public void An_alias_bomb_is_refused_quickly()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
        {
            bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        var error = Assert.Throws<ManifestException>(() => YamlText.ToJson(Encoding.UTF8.GetBytes(bomb.ToString()), "bomb.yaml"));

        Assert.Contains("aliases expand to more than", error.Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused(string opening)
    {
        var deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, 3000)));

        Assert.Throws<ManifestException>(() => YamlText.ToJson(deep, "deep.yaml"));
    }

    [Fact]
    public void Duplicate_keys_can_be_taken_as_kubectl_takes_them() =>
        Assert.Equal("c", YamlText.ToJson("a: b\na: c"u8.ToArray(), "test.yaml", DuplicateKeys.LastWins)[0].Root!["a"]!.ToString());

    [Fact]
    public void Mutated_manifests_are_read_or_refused_but_never_crash()
    {
        var seed = Encoding.UTF8.GetBytes("""
            apiVersion: v1
            kind: Secret
            metadata: {name: &n "db", labels: {<<: {a: b}, c: *n}}
            data:
              password: |-
                c2VjcmV0
              'quoted': "esc\u00e9\n"
            list: [1, 0x2, ~, yes]
            ---
            {"apiVersion": "v1", "kind": "List", "items": [{"kind": "x"}]}
            """);
        var random = new Random(20261123);
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = Mutate(seed, random);
            try
            {
                foreach (var document in ManifestReader.ReadDocuments(mutated, "fuzz"))
                {
                    YamlText.FromJson(document.Root);
                }
            }
            catch (ManifestException e)
            {
                Assert.StartsWith("fuzz", e.Message);
            }
        }
    }

    private const string Indicators = "{}[]:,-&*!|>'\"%@`#?\n \t";

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)Indicators[random.Next(Indicators.Length)]);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at - 1));
                    break;
            }
        }

        return [.. bytes];
    }
}
