using System.CommandLine;
using SecretsOps.Cli.Sealing;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Commands;

/// <summary><c>secretsops unseal</c>: prints the Secrets inside SealedSecrets.</summary>
internal static class UnsealCommand
{
    internal static Command Create(CliEnvironment environment)
    {
        var files = new Argument<string[]>("file") { Description = "Files, directories or patterns", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format", "-o") { Description = "Output format: yaml or json", HelpName = "format", DefaultValueFactory = _ => "yaml" };
        var connection = new ConnectionOptions();
        var keys = new KeyOptions(connection);
        var command = new Command("unseal", "Print the Secrets inside SealedSecrets, with private keys from files or from the cluster") { files, format };
        keys.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var ring = await keys.LoadAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
            foreach (var (path, _) in ManifestFiles.Expand(parsed.GetRequiredValue(files), environment))
            {
                foreach (var document in SealedFile.TryRead(path, environment).Content.Documents)
                {
                    Print(document.Object, ring, parsed.GetRequiredValue(format), environment, cancellationToken);
                }
            }

            return (int)CliExitCode.Success;
        });
        return command;
    }

    private static void Print(KubernetesObject source, KeyRing ring, string format, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var sealedSecret = new SealedSecret(source);
        using var unsealed = Opening.Open(sealedSecret, ring, cancellationToken);
        using var secret = SecretTemplate.Build(sealedSecret, unsealed);
        secret.Metadata.Remove("ownerReferences");
        var json = secret.ToObject().Json;
        environment.Output.Write(format.Equals("json", StringComparison.OrdinalIgnoreCase) ? GoJson.Indented(json) : [.. "---\n"u8, .. YamlText.FromJson(json)]);
    }
}
