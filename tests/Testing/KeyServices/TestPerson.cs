using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;

namespace SecretsOps.Testing.KeyServices;

/// <summary>A person who knows one answer to every question and remembers what was asked.</summary>
public sealed class TestPerson : IKeyInteraction
{
    public string? Answer { get; set; }

    public List<string> Questions { get; } = [];

    public SecretBytes? AskSecret(string prompt) => AskPublic(prompt) is { } answer ? new SecretBytes(Encoding.UTF8.GetBytes(answer)) : null;

    public string? AskPublic(string prompt)
    {
        Questions.Add(prompt);
        return Answer;
    }

    public bool? Confirm(string prompt, string firstChoice, string? secondChoice)
    {
        Questions.Add($"{prompt} [{firstChoice}/{secondChoice}]");
        return Answer is null ? null : Answer == firstChoice;
    }

    public void ShowMessage(string text) => Questions.Add(text);
}
