using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>How the private section of an OpenSSH key is encrypted.</summary>
internal sealed class OpenSshProtection(string cipher, string kdf, byte[] kdfOptions)
{
    private const int BlockSize = 16;

    public bool IsEncrypted => cipher != "none";

    public SecretBytes Decrypt(byte[] section, SecretBytes passphrase)
    {
        if (kdf != "bcrypt")
        {
            throw new AgeException(AgeFailure.Header, $"the SSH key is protected by the unknown key derivation '{kdf}'");
        }

        var (keySize, isCounterMode) = cipher switch
        {
            "aes256-ctr" => (32, true),
            "aes192-ctr" => (24, true),
            "aes128-ctr" => (16, true),
            "aes256-cbc" => (32, false),
            "aes192-cbc" => (24, false),
            "aes128-cbc" => (16, false),
            _ => throw new AgeException(AgeFailure.Header, $"the SSH key is encrypted with '{cipher}': re-encrypt it with 'ssh-keygen -p -Z aes256-ctr'"),
        };
        if (section.Length == 0 || section.Length % BlockSize != 0)
        {
            throw new AgeException(AgeFailure.Header, "malformed SSH key: the private section is not whole blocks");
        }

        var options = new SshReader(kdfOptions);
        var salt = options.ReadBytes();
        using var keyAndIv = BcryptPbkdf.Derive(passphrase.Span, salt, options.ReadUInt32(), keySize + BlockSize);
        var key = keyAndIv.Span[..keySize];
        var iv = keyAndIv.Span[keySize..];
        return isCounterMode ? DecryptCounter(section, key, iv) : DecryptCbc(section, key, iv);
    }

    private static SecretBytes DecryptCounter(byte[] section, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        var clear = new SecretBytes(section.Length);
        var counter = new BufferedBlockCipher(new SicBlockCipher(AesUtilities.CreateEngine()));
        counter.Init(false, new ParametersWithIV(new KeyParameter(key), iv));
        var written = counter.ProcessBytes(section, clear.Span);
        counter.DoFinal(clear.Span[written..]);
        return clear;
    }

    private static SecretBytes DecryptCbc(byte[] section, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        var clear = new SecretBytes(section.Length);
        aes.DecryptCbc(section, iv, clear.Span, PaddingMode.None);
        return clear;
    }
}
