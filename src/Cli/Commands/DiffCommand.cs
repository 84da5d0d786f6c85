using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops diff OLD NEW</c>: tells which keys changed without telling values.</summary>
internal static class DiffCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var before = new Argument<string>("old") { Description = "File with the earlier SealedSecret" };
        var after = new Argument<string>("new") { Description = "File with the later SealedSecret" };
        var name = new Option<string>("--name") { Description = "The SealedSecret to compare, where the files hold several", HelpName = "name", DefaultValueFactory = _ => "" };
        var ciphertext = new Option<bool>("--ciphertext") { Description = "Compare sealed values without opening them: a value sealed again counts as changed" };
        var exitCode = new Option<bool>("--exit-code") { Description = "Leave with code 3 when something changed" };
        var connection = new ConnectionOptions();
        var keys = new KeyOptions(connection);
        var command = new Command("diff", "Tell which keys of a SealedSecret changed, without telling values") { before, after, name, ciphertext, exitCode };
        keys.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var ring = parsed.GetValue(ciphertext) ? null : await keys.LoadAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            var old = Values(parsed.GetRequiredValue(before), parsed.GetRequiredValue(name), ring, environment, cancellationToken);
            var current = Values(parsed.GetRequiredValue(after), parsed.GetRequiredValue(name), ring, environment, cancellationToken);
            var changes = SecretChanges.Between(old, current);
            environment.Print(changes.Describe());
            return (int)(changes.IsEmpty || !parsed.GetValue(exitCode) ? CliExitCode.Success : CliExitCode.Findings);
        });
        return command;
    }

    private static Dictionary<string, byte[]> Values(string path, string name, KeyRing? ring, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var sealedSecret = new SealedSecret(SealedFile.Read(path, environment).One(name).Object);
        if (ring is null)
        {
            return sealedSecret.EncryptedData.ToDictionary(entry => entry.Key, entry => System.Text.Encoding.UTF8.GetBytes(entry.Value));
        }

        using var unsealed = Opening.Open(sealedSecret, ring, cancellationToken);
        return unsealed.Items.ToDictionary(item => item.Name, item => item.Value.Span.ToArray());
    }
}
