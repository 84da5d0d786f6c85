using SecretsOps.Cryptography.OpenPgp;

namespace SecretsOps.KeyManagement.OpenPgp;

/// <summary>Reads GnuPG's store without GnuPG: the key rings of version 1, the keybox and private key files of 2.1 and later.</summary>
internal static class GnuPgHome
{
    /// <summary>What could be read; a file that cannot is left to gpg.</summary>
    public static OpenPgpKeyRing Read(string home)
    {
        var ring = new OpenPgpKeyRing();
        foreach (var name in (string[])["pubring.gpg", "secring.gpg"])
        {
            Read(Path.Combine(home, name), content => ring.Add(content));
        }

        Read(Path.Combine(home, "pubring.kbx"), content => ring.AddKeybox(content));
        var folder = Path.Combine(home, "private-keys-v1.d");
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.key") : [])
        {
            Read(path, content => ring.AddPrivateKeyFile(content));
        }

        return ring;
    }

    private static void Read(string path, Action<byte[]> add)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            add(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or OpenPgpException)
        {
            // gpg may still be able to; it is asked next and says what it finds.
        }
    }
}
