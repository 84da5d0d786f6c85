namespace SecretsOps.Templating.Tests.Functions;

public sealed class SprigTests
{
    // Results as Sprig's documentation and Go's standard library define them.
    public static TheoryData<string, string> Results() => new()
    {
        // strings
        { "trim \"   hello    \"", "hello" },
        { "trimAll \"$\" \"$5.00\"", "5.00" },
        { "trimSuffix \"-\" \"hello-\"", "hello" },
        { "trimPrefix \"-\" \"-hello\"", "hello" },
        { "upper \"hello é\"", "HELLO É" },
        { "lower \"HELLO\"", "hello" },
        { "title \"hello world-wide it's\"", "Hello World-Wide It'S" },
        { "untitle \"Hello World\"", "hello world" },
        { "repeat 3 \"hello\"", "hellohellohello" },
        { "substr 0 5 \"hello world\"", "hello" },
        { "substr -1 5 \"hello world\"", "hello" },
        { "substr 6 -1 \"hello world\"", "world" },
        { "nospace \"hello w o r l d\"", "helloworld" },
        { "trunc 5 \"hello world\"", "hello" },
        { "trunc -5 \"hello world\"", "world" },
        { "trunc 50 \"hello\"", "hello" },
        { "abbrev 5 \"hello world\"", "he..." },
        { "abbrevboth 5 10 \"1234 5678 9123\"", "...5678..." },
        { "initials \"First Try\"", "FT" },
        { "wrap 10 \"the quick brown fox\"", "the quick\nbrown fox" },
        { "wrapWith 5 \"\\t\" \"Hello World\"", "Hello\tWorld" },
        { "contains \"cat\" \"catch\"", "true" },
        { "hasPrefix \"cat\" \"catch\"", "true" },
        { "hasSuffix \"ch\" \"catch\"", "true" },
        { "quote \"a\\\"b\" nil 3", "\"a\\\"b\" \"3\"" },
        { "squote \"hello\" 3", "'hello' '3'" },
        { "cat \"hello\" \"beautiful\" nil 3", "hello beautiful 3" },
        { "indent 4 \"a\\nb\"", "    a\n    b" },
        { "nindent 2 \"a\\nb\"", "\n  a\n  b" },
        { "replace \" \" \"-\" \"I Am Henry VIII\"", "I-Am-Henry-VIII" },
        { "plural \"one anchovy\" \"many anchovies\" 1", "one anchovy" },
        { "plural \"one anchovy\" \"many anchovies\" 0", "many anchovies" },
        { "snakecase \"FirstName\"", "first_name" },
        { "snakecase \"HTTPServer\"", "http_server" },
        { "snakecase \"NoHTTPS\"", "no_https" },
        { "snakecase \"GO_PATH\"", "go_path" },
        { "camelcase \"http_server\"", "HttpServer" },
        { "kebabcase \"FirstName\"", "first-name" },
        { "swapcase \"This Is A.Test\"", "tHIS iS a.tEST" },
        { "toString 1.5", "1.5" },
        { "sha1sum \"Hello world!\"", "d3486ae9136e7856bc42212385ea797094475802" },
        { "sha256sum \"Hello world!\"", "c0535e4be2b79ffd93291305436bf889314e4a3faec05ecffcbb7df31ad9e51a" },
        { "adler32sum \"Wikipedia\"", "300286872" },
        { "shuffle \"hello\" | len", "5" },

        // lists of strings
        { "join \"_\" (list \"hello\" \"world\")", "hello_world" },
        { "join \"+\" (list 1 2 3)", "1+2+3" },
        { "splitList \"$\" \"foo$bar$baz\"", "[foo bar baz]" },
        { "(split \"$\" \"foo$bar$baz\")._0", "foo" },
        { "(splitn \"$\" 2 \"foo$bar$baz\")._1", "bar$baz" },
        { "sortAlpha (list \"b\" \"a\" \"c\")", "[a b c]" },
        { "toStrings (list 1 2)", "[1 2]" },

        // integers and floats
        { "add 1 2 3", "6" },
        { "add1 1", "2" },
        { "sub 5 2", "3" },
        { "div 7 2", "3" },
        { "mod 7 2", "1" },
        { "mul 1 2 3", "6" },
        { "max 1 2 3", "3" },
        { "min 1 2 3", "1" },
        { "floor 123.9999", "123" },
        { "ceil 123.001", "124" },
        { "round 123.555555 3", "123.556" },
        { "addf 0.1 0.2", "0.3" },
        { "add1f 1.5", "2.5" },
        { "subf 7.5 2 3", "2.5" },
        { "divf 10 2 4", "1.25" },
        { "mulf 1.5 2 2", "6" },
        { "maxf 1 2.5 3", "3" },
        { "minf 1.5 2 3", "1.5" },
        { "int \"42\"", "42" },
        { "int64 1.9", "1" },
        { "float64 \"1.5\"", "1.5" },
        { "atoi \"12\"", "12" },
        { "toDecimal \"0777\"", "511" },
        { "seq 5", "1 2 3 4 5" },
        { "seq 0", "1 0" },
        { "seq 2 -2", "2 1 0 -1 -2" },
        { "seq 0 2 10", "0 2 4 6 8 10" },
        { "until 3", "[0 1 2]" },
        { "untilStep 3 6 2", "[3 5]" },
        { "typeOf (add 1 2)", "int64" },

        // dates
        { "date \"2006-01-02\" 0", "1970-01-01" },
        { "date \"Mon, 02 Jan 2006 15:04:05 MST\" 1257894000", "Tue, 10 Nov 2009 23:00:00 UTC" },
        { "dateInZone \"2006-01-02 15:04 -0700\" 1257894000 \"America/New_York\"", "2009-11-10 18:00 -0500" },
        { "htmlDate now", "2026-11-23" },
        { "htmlDateInZone now \"Asia/Tokyo\"", "2026-11-23" },
        { "now | date \"3:04PM Jan _2 06\"", "1:02AM Nov 23 26" },
        { "now | date_modify \"-1h30m\" | date \"15:04\"", "23:32" },
        { "now | unixEpoch", "1795395723" },
        { "duration 95", "1m35s" },
        { "duration \"3661\"", "1h1m1s" },
        { "durationRound \"2h10m5s\"", "2h" },
        { "durationRound \"2400h\"", "3mo" },
        { "toDate \"2006-01-02\" \"2017-12-31\" | date \"02/01/2006\"", "31/12/2017" },
        { "(mustToDate \"2006-01-02T15:04:05Z07:00\" \"2017-12-31T10:20:30+02:00\") | unixEpoch", "1514708430" },
        { "ago (toDate \"2006-01-02 15:04:05\" \"2026-11-23 01:00:00\")", "2m3s" },

        // defaults
        { "default \"foo\" \"\"", "foo" },
        { "default \"foo\" .missing", "foo" },
        { "default \"foo\" \"bar\"", "bar" },
        { "empty 0", "true" },
        { "coalesce 0 \"\" 2 3", "2" },
        { "all 1 true \"x\"", "true" },
        { "any 0 false \"x\"", "true" },
        { "ternary \"foo\" \"bar\" true", "foo" },
        { "true | ternary \"b\" \"c\"", "b" },

        // JSON and encodings
        { "toJson (dict \"a\" 1 \"b\" (list \"<x>\" nil 1.5))", "{\"a\":1,\"b\":[\"\\u003cx\\u003e\",null,1.5]}" },
        { "toRawJson (dict \"a\" \"<&>\")", "{\"a\":\"<&>\"}" },
        { "toPrettyJson (dict \"a\" (list 1))", "{\n  \"a\": [\n    1\n  ]\n}" },
        { "(fromJson \"{\\\"foo\\\": 55}\").foo", "55" },
        { "toJson \"say \\\"hi\\\"\\n\\t\"", "\"say \\\"hi\\\"\\n\\t\"" },
        { "toJson (fromJson \"[1e21, 1e-7, 100, 1.0]\")", "[1e+21,1e-7,100,1]" },
        { "b64enc \"hello\"", "aGVsbG8=" },
        { "b64dec \"aGVsbG8=\"", "hello" },
        { "b64dec \"a!\"", "illegal base64 data at input byte 1" },
        { "b32enc \"hello\"", "NBSWY3DP" },
        { "b32enc \"hi\"", "NBUQ====" },
        { "b32dec \"NBUQ====\"", "hi" },

        // lists
        { "list 1 2 3", "[1 2 3]" },
        { "first (list 1 2 3)", "1" },
        { "rest (list 1 2 3)", "[2 3]" },
        { "last (list 1 2 3)", "3" },
        { "initial (list 1 2 3)", "[1 2]" },
        { "append (list 1) 2", "[1 2]" },
        { "prepend (list 1) 2", "[2 1]" },
        { "concat (list 1) (list 2) (list 3)", "[1 2 3]" },
        { "reverse (list 1 2 3)", "[3 2 1]" },
        { "uniq (list 1 1 2)", "[1 2]" },
        { "without (list 1 2 3 4) 3 1", "[2 4]" },
        { "has 2 (list 1 2)", "true" },
        { "compact (list 1 \"a\" \"foo\" \"\" 0)", "[1 a foo]" },
        { "slice (list 1 2 3 4) 1 3", "[2 3]" },
        { "chunk 2 (list 1 2 3)", "[[1 2] [3]]" },
        { "index (list 1 2) 1", "2" },

        // dictionaries
        { "get (dict \"a\" \"1\") \"a\"", "1" },
        { "get (dict \"a\" \"1\") \"b\"", "" },
        { "set (dict \"a\" 1) \"b\" 2", "map[a:1 b:2]" },
        { "unset (dict \"a\" 1 \"b\" 2) \"a\"", "map[b:2]" },
        { "hasKey (dict \"a\" 1) \"a\"", "true" },
        { "pluck \"n\" (dict \"n\" 1) (dict \"x\" 3) (dict \"n\" 2)", "[1 2]" },
        { "dig \"u\" \"r\" \"n\" \"guest\" (dict \"u\" (dict \"r\" (dict \"n\" \"cur\")))", "cur" },
        { "dig \"u\" \"r\" \"n\" \"guest\" (dict \"u\" (dict))", "guest" },
        { "merge (dict \"a\" 1) (dict \"a\" 2 \"b\" (dict \"c\" 3))", "map[a:1 b:map[c:3]]" },
        { "mergeOverwrite (dict \"a\" 1 \"x\" 0) (dict \"a\" 2)", "map[a:2 x:0]" },
        { "merge (dict \"m\" (dict \"x\" 1)) (dict \"m\" (dict \"x\" 2 \"y\" 3))", "map[m:map[x:1 y:3]]" },
        { "keys (dict \"b\" 1 \"a\" 2) | sortAlpha", "[a b]" },
        { "values (dict \"b\" 1 \"a\" 2)", "[2 1]" },
        { "pick (dict \"a\" 1 \"b\" 2) \"a\"", "map[a:1]" },
        { "omit (dict \"a\" 1 \"b\" 2) \"a\"", "map[b:2]" },
        { "deepCopy (dict \"a\" (list 1))", "map[a:[1]]" },

        // reflection
        { "kindOf \"a\"", "string" },
        { "kindOf (list)", "slice" },
        { "kindIs \"int\" 3", "true" },
        { "typeOf (dict)", "map[string]interface {}" },
        { "typeIs \"float64\" 1.5", "true" },
        { "deepEqual (list 1 2) (list 1 2)", "true" },

        // paths
        { "base \"foo/bar/baz\"", "baz" },
        { "dir \"foo/bar/baz\"", "foo/bar" },
        { "clean \"foo/bar/../baz\"", "foo/baz" },
        { "ext \"foo.bar\"", ".bar" },
        { "isAbs \"/foo\"", "true" },
        { "osBase \"/foo/x.txt\"", "x.txt" },

        // regular expressions
        { "regexMatch \"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\\\.[A-Za-z]{2,}$\" \"test@acme.com\"", "true" },
        { "regexFindAll \"[2,4,6,8]\" \"123456789\" -1", "[2 4 6 8]" },
        { "regexFind \"[a-zA-Z][1-9]\" \"abcd1234\"", "d1" },
        { "regexReplaceAll \"a(x*)b\" \"-ab-axxb-\" \"${1}W\"", "-W-xxW-" },
        { "regexReplaceAll \"a(x*)b\" \"-ab-axxb-\" \"$1W\"", "---" },
        { "regexReplaceAllLiteral \"a(x*)b\" \"-ab-axxb-\" \"${1}\"", "-${1}-${1}-" },
        { "regexSplit \"z+\" \"pizza\" -1", "[pi a]" },
        { "regexQuoteMeta \"1.2.3\"", "1\\.2\\.3" },
        { "regexReplaceAll \"(?P<first>\\\\w+) (\\\\d+)\" \"ab 12\" \"$2 $first\"", "12 ab" },
        { "regexMatch \"^[[:alpha:]]+$\" \"abc\\n\"", "false" },
        { "regexMatch \"[\" \"x\"", "false" },

        // semantic versions
        { "(semver \"1.2.3-beta.1+123\").Minor", "2" },
        { "(semver \"v1.2.3-beta.1\").Prerelease", "beta.1" },
        { "semverCompare \"^1.2.0\" \"1.2.3\"", "true" },
        { "semverCompare \"^1.2.0\" \"2.0.0\"", "false" },
        { "semverCompare \"~1.2\" \"1.2.9\"", "true" },
        { "semverCompare \">=1.2 <2 || 3.x\" \"3.9.1\"", "true" },
        { "semverCompare \"1.2 - 1.4.5\" \"1.4.5\"", "true" },
        { "semverCompare \"^0.2.3\" \"0.3.0\"", "false" },
        { "semverCompare \">=1.2.0\" \"1.3.0-rc.1\"", "false" },
        { "semverCompare \">=1.2.0-0\" \"1.3.0-rc.1\"", "true" },

        // URLs
        { "(urlParse \"http://admin:secret@server.com:8080/api?list=false#anchor\").hostname", "server.com" },
        { "(urlParse \"http://admin:secret@server.com:8080/api?list=false#anchor\").query", "list=false" },
        { "urlJoin (dict \"fragment\" \"fragment\" \"host\" \"host:80\" \"path\" \"/path\" \"query\" \"query\" \"scheme\" \"http\")", "http://host:80/path?query#fragment" },

        // random values, by shape
        { "randAlphaNum 12 | len", "12" },
        { "regexMatch \"^[0-9]{8}$\" (randNumeric 8)", "true" },
        { "regexMatch \"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$\" uuidv4", "true" },
        { "randInt 5 6", "5" },
        { "randBytes 3 | b64dec | len", "3" },

        // keys and ciphers
        { "encryptAES \"secret\" \"plain\" | decryptAES \"secret\"", "plain" },
        { "genPrivateKey \"ecdsa\" | contains \"BEGIN EC PRIVATE KEY\"", "true" },
        { "(genSignedCert \"x\" (list \"10.0.0.1\") (list \"a.b\") 5 (genCA \"ca\" 5)).Cert | contains \"BEGIN CERTIFICATE\"", "true" },
        { "genPrivateKey \"ed25519\" | contains \"BEGIN PRIVATE KEY\"", "true" },
        { "htpasswd \"a:b\" \"x\"", "invalid username: a:b" },
        { "derivePassword 1 \"long\" \"password\" \"user\" \"example.com\"", "ZedaFaxcZaso9*" },
        { "derivePassword 2 \"long\" \"password\" \"user\" \"example.com\"", "Fovi2@JifpTupx" },
        { "derivePassword 1 \"maximum\" \"password\" \"user\" \"example.com\"", "pf4zS1LjCg&LjhsZ7T2~" },
        { "derivePassword 1 \"medium\" \"password\" \"user\" \"example.com\"", "ZedJuz8$" },
        { "derivePassword 1 \"basic\" \"password\" \"user\" \"example.com\"", "pIS54PLs" },
        { "derivePassword 1 \"short\" \"password\" \"user\" \"example.com\"", "Zed5" },
        { "derivePassword 1 \"pin\" \"password\" \"user\" \"example.com\"", "6685" },
        { "derivePassword 1 \"none\" \"password\" \"user\" \"example.com\"", "cannot find password template none" },
        { "hello", "Hello!" },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void TPL_13_functions_give_the_documented_results(string call, string expected) =>
        Assert.Equal(expected, Rendering.Run($"{{{{ {call} }}}}"));

    [Fact]
    public void TPL_13_a_bcrypt_hash_is_one_that_others_accept()
    {
        var hash = Rendering.Run("{{ bcrypt \"correct horse\" }}");
        var line = Rendering.Run("{{ htpasswd \"jane\" \"correct horse\" }}");

        Assert.Matches("^\\$2a\\$10\\$[./A-Za-z0-9]{53}$", hash);
        Assert.StartsWith("jane:$2a$10$", line, StringComparison.Ordinal);
        Assert.All([hash, line["jane:".Length..]], text => Assert.True(Org.BouncyCastle.Crypto.Generators.OpenBsdBCrypt.CheckPassword(text, "correct horse".ToCharArray())));
        Assert.NotEqual(hash, line["jane:".Length..]);
    }

    [Fact]
    public void Key_type_dsa_says_that_it_is_not_supported() =>
        Assert.Contains("dsa is not supported by secretsops", Rendering.ErrorOf("{{ genPrivateKey \"dsa\" }}"));

    [Theory]
    [InlineData("div 1 0", "divide by zero")]
    [InlineData("mustFromJson \"{\"", "not JSON")]
    [InlineData("mustRegexMatch \"[\" \"x\"", "error parsing regexp")]
    [InlineData("regexFind \"(\" \"x\"", "error parsing regexp")]
    [InlineData("first \"x\"", "Cannot find first on type string")]
    [InlineData("substr 3 99 \"\"", "out of range")]
    [InlineData("semver \"x\"", "invalid semantic version")]
    [InlineData("decryptAES \"wrong\" \"AAAA\"", "does not decrypt")]
    public void Wrong_arguments_are_errors_of_the_call(string call, string expected)
    {
        var message = Rendering.ErrorOf($"{{{{ {call} }}}}");

        Assert.Contains($"error calling {call.Split(' ')[0]}", message);
        Assert.Contains(expected, message);
    }
}
