using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>sops's own library opens what we write, and takes every plain scalar for what we take it for.</summary>
public sealed class SopsLibraryTests(SopsLibrary library) : IDisposable, IClassFixture<SopsLibrary>
{
    private readonly Workbench _bench = new();

    /// <summary>Scalars as people write them; the MAC holds their type and value, so the library notices when we resolve one differently.</summary>
    public static TheoryData<string> Scalars =>
    [
        // truth and its neighbours
        "true", "True", "TRUE", "tRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "NO", "on", "On", "off", "OFF", "y", "Y", "n", "N",
        // nothing
        "~", "null", "Null", "NULL", "nULL", "",
        // integers
        "0", "-0", "+0", "7", "+7", "-7", "007", "010", "-010", "+010", "08", "09", "0777", "0o7", "0O7", "0o8", "-0o7", "0x1F", "0X1F", "0x1f", "-0x1F", "+0x1F", "0xG", "0b101", "0B101", "-0b101", "0b2",
        "1_000", "_1000", "1000_", "1__0", "0x_1F", "0x1_F", "0b1_0", "0o1_7", "-1_000", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "0x7fffffffffffffff",
        "1,000", "1 000", "12e", "1:30", "190:20:30", "1.2.3", "0.0.0.0", "2024-13-45", "20240101", "1-2-3", "١٢",
        // floats
        "1.0", "1.", ".5", "-.5", "+.5", "1.50", "1e3", "1E3", "1e+3", "1e-3", "-1.5E-7", "1e03", "1.e1", ".5e1", "e3", "1e", "1e400", "-1e400", "1e-400", "1_0.5", "1.5_0", "0.1", "123456789.123456789", "1e21", "1e20", "100000000000000000000", "4.9e-324",
        ".inf", ".Inf", ".INF", "-.inf", "+.inf", "inf", ".nan", ".NaN", ".NAN", "nan", "-.nan", "0x1p3", "0x1.8p1", "0e0", "1.7976931348623157e308",
        // text
        "a", "a b", "a#b", "a:b", "-a", "?a", ":a", "=", "<<", "a'b", "a\"b", "a\\nb", "é", "\ud83d\udd10", "x y", ".", "..", "...a", "--", "---a", "a,b", "a]", "a}", "\\",
        // quoted
        "'a'", "\"a\"", "'1'", "\"1\"", "'it''s'", "\"a\\tb\"", "\"\\u00e9\"", "\"\\x41\"", "\"\\U0001F510\"", "\"a\\\\b\"", "''", "\"\"", "' a '", "\"\\ \"", "\"\\N\\_\\L\\P\\e\\a\\b\\v\\f\\0\"",
        // tags
        "!!str 1", "!!str true", "!!str", "!!int 5", "!!int 0x1F", "!!float 1", "!!float 1.5", "!!bool true", "!!null ~", "!!binary aGVsbG8=", "!Ref x", "!Ref 5", "! 5", "!!str 2024-01-01",
        // several lines
        "|\n  one\n  two", "|-\n  one\n  two", "|+\n  one\n\n", ">\n  one\n  two\n\n  three", ">-\n  one\n   two\n  three", ">+\n  one\n\n", "|2\n    one", "|\n\n  one", ">\n\n  one\n\n\n  two", "one\n  two", "'one\n  two'", "\"one\n  two\\\n  three\"", "|\n  # no comment\n  a",
        // collections in flow style
        "[1, 2, 0o7, yes, 1e3]", "{a: 1, b: [~, .5]}", "[]", "{}", "[[1], {a: b}]", "[a, 'b', \"c\"]", "{a, b: }", "[a: 1]", "[1,\n  2]",
    ];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Scalars))]
    public async Task Row_070_to_073_A_plain_scalar_is_what_sops_takes_it_for(string scalar)
    {
        var plain = $"a: x\nv_unencrypted: {scalar}\nz: y\n";
        var encrypted = await _bench.EncryptAsync("f.yaml", plain);

        // The scalar as it was written in place of what we made of it: only our MAC tells what we took it for.
        var start = encrypted.IndexOf("v_unencrypted:", StringComparison.Ordinal);
        var end = encrypted.IndexOf("\nz: ", StringComparison.Ordinal);
        await AcceptAsync("yaml", encrypted);
        await AcceptAsync("yaml", string.Concat(encrypted.AsSpan(0, start), $"v_unencrypted: {scalar}", encrypted.AsSpan(end)));
    }

    [Theory]
    [InlineData("yaml", "yaml", "a: &x [1, two, {b: c}]\nd: *x\ne: {f: g}\nh:\n  - - 1\n    - 2\n  - i: |\n      text\n    j: 1.5\nk: true\nl: ~\nm: ''\nn: []\no: {}\n")]
    [InlineData("yaml", "yaml", "a: 1\n---\nb: 2\nc:\n  - d\n---\n{}\n")]
    [InlineData("yaml", "yaml", "a: -0.0\nb_unencrypted: -0.0\nc_unencrypted: [-0, 0.0, -1e-300]\n")]
    [InlineData("yaml", "yaml", "base: &b {a: 1}\nmore:\n  <<: *b\n  c: 2\n")]
    [InlineData("yaml", "yaml", "# head\na: 1 # line\n# between\nb:\n  # inner\n  c: 2\n  # foot\n# end\n")]
    [InlineData("yaml", "yaml", "\"a: b\": 1\n'x#y': 2\n\"\": 3\n? long\n: 4\né: 5\n\"1\": 6\n\"true\": 7\n\"~\": 8\n")]
    [InlineData("json", "json", "{\"a\":1.5,\"b\":\"<&>\\u2028\\\"\\\\\",\"c\":[null,true,{\"d\":[]}],\"e_unencrypted\":{\"f\":1e21,\"g\":-0.0,\"h\":\"\\ud83d\\ude00\"},\"\":\"x\",\"a\":2}")]
    [InlineData("json", "json", "{}")]
    [InlineData("env", "dotenv", "A=b=c\n# comment\n B = d \nC=\nD=a\\nb\nE='q'\nexport F=g\nG_unencrypted=plain\n")]
    [InlineData("bin", "binary", "any text\n\u0001 at all")]
    [InlineData("bin", "binary", "{\"a\": 1}")]
    public async Task The_library_of_sops_opens_what_we_write(string extension, string format, string plain) =>
        await AcceptAsync(format, await _bench.EncryptAsync($"f.{extension}", plain));

    [Fact]
    public async Task The_library_of_sops_opens_what_we_edit_and_rotate()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\nl:\n  - x\n");
        foreach (string[] command in (string[][])
            [["set", "f.yaml", "[\"b\"]", "{\"c\": [1, 2.5, \"three\", null, true]}"], ["set", "f.yaml", "[\"n\"]", "42"], ["unset", "f.yaml", "[\"l\"][0]"], ["rotate", "-i", "--add-age", Workbench.Age2, "f.yaml"], ["groups", "add", "-i", "-f", "f.yaml", "--age", Workbench.Age3]])
        {
            Assert.Equal(0, (await _bench.SopsAsync(command)).ExitCode);
            await AcceptAsync("yaml", _bench.Text("f.yaml"));
            _bench.Variables["SOPS_AGE_KEY"] = SopsIdentities.All["SOPS_AGE_KEY"];
        }
    }

    [Fact]
    public async Task Our_own_edits_keep_the_text_and_open_with_the_library_of_sops()
    {
        await _bench.EncryptAsync("f.yaml", "# head\na: 'one'   # why\n\nb:   \"two\"\nl: [x,   y]\n");
        Assert.Equal(0, (await _bench.SecretsOpsAsync("set", "f.yaml", "[\"a\"]", "\"three\"")).ExitCode);
        Assert.Equal(0, (await _bench.SecretsOpsAsync("unset", "f.yaml", "[\"b\"]")).ExitCode);
        await AcceptAsync("yaml", _bench.Text("f.yaml"));
    }

    [Fact]
    public async Task The_library_of_sops_refuses_what_was_changed()
    {
        if (!SopsLibrary.IsHere)
        {
            return;
        }

        var encrypted = await _bench.EncryptAsync("f.yaml", "a: x\nv_unencrypted: 1\n");
        Assert.NotNull(await library.RefusalAsync("yaml", Encoding.UTF8.GetBytes(encrypted.Replace("v_unencrypted: 1", "v_unencrypted: 2", StringComparison.Ordinal))));
        Assert.NotNull(await library.RefusalAsync("yaml", Encoding.UTF8.GetBytes(Regex.Replace(encrypted, "^a:", "b:"))));
    }

    private async Task AcceptAsync(string format, string encrypted)
    {
        if (!SopsLibrary.IsHere)
        {
            return; // the program is for Linux on x64
        }

        var refusal = await library.RefusalAsync(format, Encoding.UTF8.GetBytes(encrypted));
        Assert.True(refusal is null, string.Create(CultureInfo.InvariantCulture, $"{refusal}\n{encrypted}"));
    }
}
