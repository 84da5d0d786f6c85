using System.Reflection;
using System.Runtime.InteropServices;

namespace SecretsOps.Cryptography;

/// <summary>Finds OpenSSL's libcrypto: every P/Invoke of this project names <see cref="Name"/>, and this resolves it.</summary>
internal static class Libcrypto
{
    /// <summary>The library name to write in <c>LibraryImport</c>; never a file name.</summary>
    internal const string Name = "libcrypto";

    private static readonly string[] FileNames = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll"];

    private static readonly nint Handle = Load();

    /// <summary>Whether a libcrypto was found; where not, BouncyCastle does the work.</summary>
    internal static bool IsAvailable => Handle != 0;

    /// <summary>Whether the library has a function: 1.1 lacks some of 3's.</summary>
    internal static bool Has(string function) => Handle != 0 && NativeLibrary.TryGetExport(Handle, function, out _);

    private static nint Load()
    {
        foreach (var fileName in FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out var handle))
            {
                NativeLibrary.SetDllImportResolver(typeof(Libcrypto).Assembly, Resolve);
                return handle;
            }
        }

        return 0;
    }

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath) =>
        libraryName == Name ? Handle : 0;
}
