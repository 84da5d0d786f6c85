using System.Reflection;
using System.Runtime.InteropServices;

namespace SecretsOps.Cryptography;

/// <summary>Finds OpenSSL's libcrypto: every P/Invoke of this project names <see cref="Name"/>, and this resolves it.</summary>
internal static class Libcrypto
{
    /// <summary>The library name to write in <c>LibraryImport</c>; never a file name.</summary>
    internal const string Name = "libcrypto";

    private static readonly string[] FileNames = ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll"];

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Whether a libcrypto was found; where not, BouncyCastle does the work. Asking loads it.</summary>
    internal static bool IsAvailable => Handle.Value != 0;

    /// <summary>Whether one is in use already. Loading it costs a process two milliseconds, more than BouncyCastle takes for a small file.</summary>
    internal static bool IsLoaded => Handle is { IsValueCreated: true, Value: not 0 };

    /// <summary>Whether the library has a function: 1.1 lacks some of 3's.</summary>
    internal static bool Has(string function) => IsAvailable && NativeLibrary.TryGetExport(Handle.Value, function, out _);

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
        libraryName == Name ? Handle.Value : 0;
}
