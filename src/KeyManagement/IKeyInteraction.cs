using SecretsOps.Cryptography;

namespace SecretsOps.KeyManagement;

/// <summary>The person at the terminal: asked for passphrases and by age plugins. A cluster has none.</summary>
public interface IKeyInteraction
{
    /// <summary>Asks for a secret without echo; <c>null</c> when nobody can answer.</summary>
    SecretBytes? AskSecret(string prompt);

    /// <summary>Asks for a value that may be echoed; <c>null</c> when nobody can answer.</summary>
    string? AskPublic(string prompt);

    /// <summary>Offers one or two choices; <c>true</c> for the first, <c>false</c> for the second, <c>null</c> when nobody can answer.</summary>
    bool? Confirm(string prompt, string firstChoice, string? secondChoice);

    /// <summary>Shows a line.</summary>
    void ShowMessage(string text);
}
