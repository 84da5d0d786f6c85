using System.Text;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Tests;

public sealed class LanguageTests
{
    private const string Data = """
        {"a":"x","n":3,"f":2.5,"t":true,"l":["p","q","r"],"m":{"k":"v","b":{"c":"deep"}},"e":[],"z":null,"é":"ü"}
        """;

    public static TheoryData<string, string> Templates() => new()
    {
        { "plain", "plain" },
        { "{{ .a }}", "x" },
        { "{{.a}}{{ .m.k }}", "xv" },
        { "{{ .m.b.c }}", "deep" },
        { "{{ .missing }}", "<no value>" },
        { "{{ .missing.deeper }}", "<no value>" },
        { "{{ .z }}", "<no value>" },
        { "{{ .n }} {{ .f }} {{ .t }}", "3 2.5 true" },
        { "{{ .l }} {{ .m }} {{ .e }}", "[p q r] map[b:map[c:deep] k:v] []" },
        { "{{ .é }}", "ü" },
        { "{{ 1 }} {{ 0x10 }} {{ 'a' }} {{ 1.5 }} {{ 1e3 }} {{ 1_000 }} {{ -2 }} {{ 0b11 }} {{ 017 }}", "1 16 97 1.5 1000 1000 -2 3 15" },
        { "{{ \"q\\\"\\n\\u00e9\\x41\" }} {{ `raw\\n` }}", "q\"\néA raw\\n" },
        { "{{ true }} {{ false }}", "true false" },
        { "a {{- \" b \" -}} c", "a b c" },
        { "a \n {{- /* note */ -}} \n b", "ab" },
        { "a {{/* note */}} b", "a  b" },
        { "a\n{{ if .t -}}\n  b\n{{- end }}\nc", "a\nb\nc" },
        { "{{ if .t }}y{{ else }}n{{ end }}", "y" },
        { "{{ if .e }}y{{ else }}n{{ end }}", "n" },
        { "{{ if .missing }}1{{ else if .t }}2{{ else }}3{{ end }}", "2" },
        { "{{ if 0 }}1{{ else if \"\" }}2{{ else if .z }}3{{ else }}4{{ end }}", "4" },
        { "{{ with .m }}{{ .k }}{{ $.a }}{{ end }}", "vx" },
        { "{{ with .missing }}1{{ else }}2{{ end }}", "2" },
        { "{{ with .missing }}1{{ else with .m }}{{ .k }}{{ end }}", "v" },
        { "{{ with $x := .a }}{{ $x }}{{ end }}", "x" },
        { "{{ range .l }}[{{ . }}]{{ end }}", "[p][q][r]" },
        { "{{ range $i, $e := .l }}{{ $i }}={{ $e }},{{ end }}", "0=p,1=q,2=r," },
        { "{{ range $e := .l }}{{ $e }}{{ end }}", "pqr" },
        { "{{ range $k, $v := .m }}{{ $k }}:{{ $v }};{{ end }}", "b:map[c:deep];k:v;" },
        { "{{ range .e }}x{{ else }}empty{{ end }}", "empty" },
        { "{{ range .missing }}x{{ else }}none{{ end }}", "none" },
        { "{{ range 3 }}{{ . }}{{ end }}", "012" },
        { "{{ range .l }}{{ if eq . \"q\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "p" },
        { "{{ range .l }}{{ if eq . \"q\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "pr" },
        { "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "2" },
        { "{{ $x := 1 }}{{ if true }}{{ $x = 5 }}{{ end }}{{ $x }}", "5" },
        { "{{ $x := 1 }}{{ if true }}{{ $x := 5 }}{{ end }}{{ $x }}", "1" },
        { "{{ $m := .m }}{{ $m.b.c }}", "deep" },
        { "{{ (index .l 1) }} {{ (dict \"k\" \"v\").k }}", "q v" },
        { "{{ .a | printf \"%s-%s\" \"y\" }}", "y-x" },
        { "{{ \"x\" | upper | repeat 2 }}", "XX" },
        { "{{ define \"d\" }}<{{ . }}>{{ end }}{{ template \"d\" .a }}{{ template \"d\" }}", "<x><<no value>>" },
        { "{{ block \"b\" .m }}{{ .k }}{{ end }}", "v" },
        { "{{ index .m \"k\" }} {{ index .m \"b\" \"c\" }} {{ index .l 2 }} {{ index .m \"none\" }}", "v deep r <no value>" },
        { "{{ len .l }} {{ len .a }} {{ len .m }} {{ len \"é\" }}", "3 1 2 2" },
        { "{{ slice .l 1 }} {{ slice .l 1 2 }} {{ slice \"abcd\" 1 3 }}", "[q r] [q] bc" },
        { "{{ not .t }} {{ and .t .a }} {{ and .z .a }} {{ or .z .a }} {{ or 0 \"\" }}", "false x <no value> x " },
        { "{{ and false (fail \"unreached\") }} {{ or 1 (fail \"unreached\") }}", "false 1" },
        { "{{ eq 1 1 }} {{ eq 1 2 1 }} {{ ne \"a\" \"b\" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 1.0 }} {{ ge \"b\" \"a\" }}", "true true true true true true true" },
        { "{{ eq .z nil }} {{ eq .a nil }} {{ eq (int64 3) 3 }}", "true false true" },
        { "{{ print 1 2 \"a\" \"b\" 3 }}|{{ println \"a\" 1 }}|{{ print nil }}", "1 2ab3|a 1\n|<nil>" },
        { "{{ html \"<a href='x'>&\\\"\" }}", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;" },
        { "{{ js \"it's <b> \\\"x\\\" =\" }}", "it\\'s \\u003Cb\\u003E \\\"x\\\" \\u003D" },
        { "{{ urlquery \"a b&c/é\" }}", "a+b%26c%2F%C3%A9" },
        { "{{ 1000000.0 }} {{ 123456.5 }} {{ 1234567.5 }} {{ 0.00001 }} {{ 1e21 }} {{ 100000.0 }}", "1e+06 123456.5 1.2345675e+06 1e-05 1e+21 100000" },
    };

    [Theory]
    [MemberData(nameof(Templates))]
    public void Templates_give_what_go_gives(string template, string expected) =>
        Assert.Equal(expected, Rendering.Run(template, Data));

    public static TheoryData<string, string> Formats() => new()
    {
        { "\"%d|%5d|%-5d|%05d|%+d|% d\" 42 42 42 42 42 42", "42|   42|42   |00042|+42| 42" },
        { "\"%x|%X|%#x|%o|%#o|%O|%b|%c|%q|%U\" 255 255 255 8 8 8 5 65 65 65", "ff|FF|0xff|10|010|0o10|101|A|'A'|U+0041" },
        { "\"%s|%10s|%-10s|%.2s|%q|%x|% x\" \"abc\" \"abc\" \"abc\" \"abc\" \"a\\\"b\" \"hi\" \"hi\"", "abc|       abc|abc       |ab|\"a\\\"b\"|6869|68 69" },
        { "\"%f|%.2f|%8.3f|%-8.1f|%e|%g|%G\" 3.14159 3.14159 3.14159 3.14159 314.159 0.000001 1e100", "3.141590|3.14|   3.142|3.1     |3.141590e+02|1e-06|1E+100" },
        { "\"%v|%+v|%#v|%T\" \"s\" 1 \"s\" 1.5", "s|1|\"s\"|float64" },
        { "\"%v %v %v\" true nil (list 1 \"a\")", "true <nil> [1 a]" },
        { "\"%t|%%|%5t\" true false", "true|%|false" },
        { "\"%d\" \"hi\"", "%!d(string=hi)" },
        { "\"%d %d\" 1", "1 %!d(MISSING)" },
        { "\"%d\" 1 2", "1%!(EXTRA int=2)" },
        { "\"%[2]d %[1]d\" 1 2", "2 1" },
        { "\"%*d\" 5 42", "   42" },
        { "\"%\"", "%!(NOVERB)" },
        { "\"%6.2f%%\" 99.5", " 99.50%" },
        { "\"%08.3f|%+.1e\" 3.14159 12345.678", "0003.142|+1.2e+04" },
        { "\"%3c|%-3c|\" 65 65", "  A|A  |" },
        { "\"%s\" (list \"a\" \"b\")", "[a b]" },
        { "\"%q\" (list \"a\" \"b\")", "[\"a\" \"b\"]" },
        { "\"%5s|%.1s\" \"é\" \"éa\"", "    é|é" },
        { "\"%s\" 5", "%!s(int=5)" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Printf_formats_as_go_formats(string arguments, string expected) =>
        Assert.Equal(expected, Rendering.Run($"{{{{ printf {arguments} }}}}"));

    public static TheoryData<string, string> Errors() => new()
    {
        { "{{ nope }}", "template: t:1: function \"nope\" not defined" },
        { "a\nb {{ env \"HOME\" }}", "template: t:2: function \"env\" not defined" },
        { "{{ expandenv \"$HOME\" }}", "template: t:1: function \"expandenv\" not defined" },
        { "{{ getHostByName \"x\" }}", "template: t:1: function \"getHostByName\" not defined" },
        { "{{ .a", "template: t:1: unclosed action" },
        { "{{ if .a }}", "template: t:1: unexpected EOF" },
        { "{{ end }}", "template: t:1: unexpected {{end}}" },
        { "{{ else }}", "template: t:1: unexpected {{else}}" },
        { "{{ if }}x{{ end }}", "template: t:1: missing value for if" },
        { "{{ $x }}", "template: t:1: undefined variable \"$x\"" },
        { "{{ \"a }}", "template: t:1: unterminated quoted string" },
        { "{{ (.a }}", "template: t:1: unclosed left paren" },
        { "{{ .a) }}", "template: t:1: unexpected right paren" },
        { "{{/* a }}", "template: t:1: unclosed comment" },
        { "{{ break }}", "template: t:1: {{break}} outside {{range}}" },
        { "{{ .a | 3 }}", "template: t:1: non executable command in pipeline stage 2" },
        { "{{ 1a }}", "template: t:1: bad number syntax: \"1a\"" },
        { "{{ .n.x }}", "template: t:1:5: executing \"t\" at <.n.x>: can't evaluate field x in type float64" },
        { "{{ .z.x }}", "template: t:1:5: executing \"t\" at <.z.x>: nil pointer evaluating interface {}.x" },
        { "a\n  {{ upper 3 }}", "template: t:2:11: executing \"t\" at <3>: expected string; found 3" },
        { "{{ upper .n }}", "template: t:1:9: executing \"t\" at <.n>: wrong type for value; expected string; got float64" },
        { "{{ upper .missing }}", "template: t:1:9: executing \"t\" at <.missing>: invalid value; expected string" },
        { "{{ upper \"a\" \"b\" }}", "template: t:1:3: executing \"t\" at <upper>: wrong number of args for upper: want 1 got 2" },
        { "{{ fail \"no way\" }}", "template: t:1:3: executing \"t\" at <fail \"no way\">: error calling fail: no way" },
        { "{{ index .l 9 }}", "template: t:1:3: executing \"t\" at <index .l 9>: error calling index: index out of range: 9" },
        { "{{ eq 1 \"a\" }}", "template: t:1:3: executing \"t\" at <eq 1 \"a\">: error calling eq: incompatible types for comparison" },
        { "{{ lt true false }}", "template: t:1:3: executing \"t\" at <lt true false>: error calling lt: invalid type for comparison" },
        { "{{ template \"none\" }}", "template: t:1:12: executing \"t\" at <{{template \"none\"}}>: template \"none\" not defined" },
        { "{{ range .a }}{{ end }}", "template: t:1:9: executing \"t\" at <.a>: range can't iterate over x" },
        { "{{ nil }}", "template: t:1:3: executing \"t\" at <nil>: nil is not a command" },
        { "{{ 3 4 }}", "template: t:1:3: executing \"t\" at <3>: can't give argument to non-function 3" },
        { "{{ .a 4 }}", "template: t:1:3: executing \"t\" at <.a>: a is not a method but has arguments" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Errors_are_worded_as_go_words_them(string template, string expected)
    {
        var message = Rendering.ErrorOf(template, Data);

        // where exactly a node begins is Go's affair of tokens; line, node and reason are ours to keep
        Assert.Equal(WithoutColumn(expected), WithoutColumn(message));
    }

    [Fact]
    public void Missing_keys_can_be_errors_or_zero()
    {
        Assert.Equal("template: t:1:3: executing \"t\" at <.missing>: map has no entry for key \"missing\"", Rendering.ErrorOf("{{ .missing }}", "{}", MissingKey.Error));
        Assert.Equal("<no value>", Rendering.Run("{{ .missing }}", "{}", MissingKey.Zero));
    }

    [Fact]
    public void Bytes_that_are_no_text_pass_through_unharmed()
    {
        byte[] binary = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var data = GoMap.OfBytes([new("bin", binary), new("n\u00e4me", "\u00fc"u8.ToArray())]);

        Assert.Equal(binary, Template.Parse("t", "{{ .bin }}", TemplateOptions.Default).Execute(data));
        Assert.Equal(Convert.ToBase64String(binary), Encoding.ASCII.GetString(Template.Parse("t", "{{ .bin | b64enc }}", TemplateOptions.Default).Execute(data)));
        Assert.Equal(binary, Template.Parse("t", "{{ .bin | b64enc | b64dec }}", TemplateOptions.Default).Execute(data));
        Assert.Equal("\u00fc", Encoding.UTF8.GetString(Template.Parse("t", "{{ index . \"n\u00e4me\" }}", TemplateOptions.Default).Execute(data)));
        Assert.Equal("", Encoding.UTF8.GetString(Template.Parse("t", "{{ index . \"none\" }}", TemplateOptions.Default).Execute(data)));
    }

    [Theory]
    [InlineData("{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}", "exceeded maximum template depth")]
    [InlineData("{{ range until 1000 }}{{ range until 1000 }}x{{ end }}{{ end }}", "steps")]
    [InlineData("{{ range $i := until 30 }}{{ $x := \"\" }}{{ end }}{{ $x := \"xxxxxxxxxxxxxxxx\" }}{{ range until 30 }}{{ $x = print $x $x }}{{ end }}", "larger than")]
    [InlineData("{{ repeat 100000000 \"x\" }}", "larger than")]
    [InlineData("{{ until 1000000000 }}", "larger than")]
    [InlineData("{{ untilStep 0 9223372036854775807 1 }}", "larger than")]
    [InlineData("{{ indent 100000000 \"x\" }}", "larger than")]
    [InlineData("{{ randAlpha 100000000 }}", "larger than")]
    [InlineData("{{ printf \"%999999999d\" 1 }}", "too large")]
    [InlineData("{{ range until 100 }}{{ repeat 100000 \"x\" }}{{ end }}", "larger than")]
    [InlineData("{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $d }}", "into itself")]
    [InlineData("{{ replace \"\" (repeat 10000 \"y\") (repeat 10000 \"x\") }}", "larger than")]
    public void Templates_cannot_exhaust_the_machine(string template, string expected) =>
        Assert.Contains(expected, Rendering.ErrorOf(template));

    [Fact]
    public void Deep_nesting_is_refused_while_reading() =>
        Assert.Contains("nested deeper", Rendering.ErrorOf("{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}"));

    private static string WithoutColumn(string message) => System.Text.RegularExpressions.Regex.Replace(message, @"^(template: t:\d+):\d+:", "$1:");
}
