namespace SecretsOps.KeyManagement;

/// <summary>The base64 in <c>enc</c> fields.</summary>
internal static class WrappedBase64
{
    /// <exception cref="KeyBackendException">The text is not base64.</exception>
    public static byte[] Decode(string wrappedKey)
    {
        try
        {
            return Convert.FromBase64String(wrappedKey);
        }
        catch (FormatException failure)
        {
            throw new KeyBackendException("the wrapped key in the file is not base64", "restore the file's 'enc' field", failure);
        }
    }
}
