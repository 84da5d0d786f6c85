using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's password hashes: <c>bcrypt</c>, <c>htpasswd</c>, and <c>derivePassword</c>, which is the Master Password algorithm.</summary>
/// <remarks>bcrypt and scrypt are BouncyCastle's. A hash has a fresh salt, so every rendering differs; the controller renders only when something changed.</remarks>
internal static class PasswordFunctions
{
    private const int BcryptCost = 10; // golang.org/x/crypto/bcrypt.DefaultCost
    private const int BcryptLongest = 72; // bytes; Go refuses more instead of ignoring them
    private const string MasterPasswordSeed = "com.lyndir.masterpassword";

    // Master Password 2.1: which classes of characters a password of a type is made of, and what is in each class.
    private static readonly Dictionary<string, string[]> Templates = new(StringComparer.Ordinal)
    {
        ["maximum"] = ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        ["long"] =
        [
            "CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno", "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno", "CvccnoCvccCvcv", "CvccCvccnoCvcv",
            "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno", "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno",
        ],
        ["medium"] = ["CvcnoCvc", "CvcCvcno"],
        ["short"] = ["Cvcn"],
        ["basic"] = ["aaanaaan", "aannaaan", "aaannaaa"],
        ["pin"] = ["nnnn"],
    };

    private static readonly Dictionary<char, string> Classes = new()
    {
        ['V'] = "AEIOU",
        ['C'] = "BCDFGHJKLMNPQRSTVWXYZ",
        ['v'] = "aeiou",
        ['c'] = "bcdfghjklmnpqrstvwxyz",
        ['A'] = "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        ['a'] = "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        ['n'] = "0123456789",
        ['o'] = "@&%?,=[]_:-+*$#!'^~;()/.",
        ['x'] = "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    };

    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("bcrypt", Bcrypt),
        Function("htpasswd", [Text, Text], call => Htpasswd(call.Text(0), call.Text(1))),
        Function("derivePassword", [Any, Text, Text, Text, Text], call => DerivePassword(Counter(call[0]), call.Text(1), call.Text(2), call.Text(3), call.Text(4))),
    ];

    private static string Bcrypt(string password)
    {
        var bytes = ByteText.ToBytes(password);
        if (bytes.Length > BcryptLongest)
        {
            throw new TemplateFunctionException($"bcrypt takes {BcryptLongest} bytes, the password has {bytes.Length}");
        }

        if (ByteText.TryToText(password) is not { } text)
        {
            throw new TemplateFunctionException("bcrypt takes text, the password is not UTF-8");
        }

        return OpenBsdBCrypt.Generate("2a", text.ToCharArray(), RandomNumberGenerator.GetBytes(16), BcryptCost);
    }

    // Compatibility: Sprig answers in the text where the name cannot be.
    private static string Htpasswd(string user, string password) =>
        user.Contains(':', StringComparison.Ordinal) ? $"invalid username: {user}" : $"{user}:{Bcrypt(password)}";

    private static uint Counter(object? value) =>
        Cast.ToLong(value) is >= 0 and <= uint.MaxValue and var counter ? (uint)counter : throw new TemplateFunctionException("the counter is not in 0..4294967295");

    private static string DerivePassword(uint counter, string type, string password, string user, string site)
    {
        if (!Templates.TryGetValue(type, out var templates))
        {
            return $"cannot find password template {type}";
        }

        var key = SCrypt.Generate(ByteText.ToBytes(password), Salted(user), 32768, 8, 2, 64);
        var number = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, counter);
        byte[] message = [.. Salted(site), .. number];
        var seed = HMACSHA256.HashData(key, message);
        CryptographicOperations.ZeroMemory(key);
        var result = new StringBuilder();
        foreach (var (position, name) in templates[seed[0] % templates.Length].Index())
        {
            var characters = Classes[name];
            result.Append(characters[seed[position + 1] % characters.Length]);
        }

        return result.ToString();
    }

    private static byte[] Salted(string name)
    {
        var bytes = ByteText.ToBytes(name);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        return [.. Encoding.ASCII.GetBytes(MasterPasswordSeed), .. length, .. bytes];
    }
}
