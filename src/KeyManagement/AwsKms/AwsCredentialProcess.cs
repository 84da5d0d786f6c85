using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.Processes;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Credentials that a program prints (<c>credential_process</c> of a profile).</summary>
internal static class AwsCredentialProcess
{
    public static async Task<(AwsIdentity Identity, DateTimeOffset Expires)> RunAsync(string command, KeyEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            var words = ShellWords.Split(command);
            var path = words.Count == 0 ? null : ProgramPath.Find(words[0], environment);
            var program = new KeyProgram(path ?? throw new IOException("the program was not found"), environment);
            using var result = await program.RunAsync(words.Skip(1), default, cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0 ? Read(JsonText.Parse(result.Output.Span)) : throw new IOException($"it ended with exit code {result.ExitCode}");
        }
        catch (Exception failure) when (failure is IOException or FormatException or JsonException)
        {
            throw new KeyBackendException($"the AWS profile's credential_process failed: {failure.Message}", innerException: failure);
        }
    }

    private static (AwsIdentity Identity, DateTimeOffset Expires) Read(JsonNode? answer)
    {
        var expires = JsonText.Find(answer, "Expiration") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : DateTimeOffset.MaxValue;
        return (new AwsIdentity(JsonText.Get(answer, "AccessKeyId"), JsonText.Get(answer, "SecretAccessKey"), JsonText.Find(answer, "SessionToken")), expires);
    }
}
