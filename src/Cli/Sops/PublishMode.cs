using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Publishing;
using SecretsOps.Sops;
using SecretsOps.Sops.Configuration;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops publish FILE</c>: sends encrypted files to S3 or Google Cloud Storage, or their values to Vault, as <c>destination_rules</c> say.</summary>
internal static class PublishMode
{
    public static IReadOnlyList<SopsFlag> Flags { get; } =
    [
        SopsFlags.Yes, SopsFlags.InputType,
        new("omit-extensions", "omit file extensions in the destination path") { IsSwitch = true },
        new("recursive", "if the source path is a directory, publish all its content recursively") { IsSwitch = true },
        SopsFlags.Verbose, SopsFlags.DecryptionOrder, .. SopsFlags.KeyServices,
    ];

    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        session.RequireConfig();
        if (session.Arguments.Positional.Count == 0)
        {
            throw new SopsException(SopsExitCode.NoFile, "Error: no file specified");
        }

        session.WarnAboutMore(1);
        var name = session.Arguments.Positional[0];
        var root = session.Environment.PathOf(name);
        FileEditor.RequireExisting(root);
        var isFolder = Directory.Exists(root);
        if (isFolder && !session.Arguments.Flag("recursive"))
        {
            throw new SopsException(SopsExitCode.Generic, "can't operate on a directory without --recursive flag.");
        }

        using var publisher = new SecretPublisher(SopsKeyServices.EnvironmentOf(session.Environment));
        foreach (var path in isFolder ? FileSet.Below(root) : [root])
        {
            var typed = isFolder ? Path.Combine(name, Path.GetRelativePath(root, path)) : name;
            await PublishAsync(session, publisher, path, typed, isFolder ? Path.GetRelativePath(root, path) : Path.GetFileName(path), cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task PublishAsync(SopsSession session, SecretPublisher publisher, string path, string typed, string target, CancellationToken cancellationToken)
    {
        var config = session.ConfigFor(path) ?? throw new SopsException(SopsExitCode.Generic, "config file not found");
        var rule = config.DestinationFor(typed) ?? throw new SopsException(SopsExitCode.Generic, "error loading config: no matching destination found in config");
        var isShort = session.Arguments.Flag("omit-extensions") || rule.Settings.GetValueOrDefault("omit_extensions") is "true";
        var destination = PublishDestination.Of(rule, isShort ? WithoutExtension(target) : target, session.Environment);
        var document = session.Store(session.InputFormat(path)).LoadEncrypted(SopsSession.Read(path));
        if (!session.Arguments.Flag("yes") && !Confirmation.Ask(session.Environment, $"uploading {path} to {destination} ? (y/n): "))
        {
            var refusal = $"Publication of {path} canceled";
            if (session.Arguments.Flag("recursive"))
            {
                session.Environment.Print(refusal + "\n");
                return;
            }

            throw new SopsException(SopsExitCode.Generic, refusal);
        }

        try
        {
            await SendAsync(session, publisher, destination, path, document, rule.RecreationRule, cancellationToken).ConfigureAwait(false);
        }
        catch (PublishException failure)
        {
            throw new SopsException(SopsExitCode.Generic, $"could not publish {typed}: {failure.Message}", failure);
        }
    }

    private static async Task SendAsync(
        SopsSession session, SecretPublisher publisher, PublishDestination destination, string path, SopsDocument document, CreationRule? recreation, CancellationToken cancellationToken)
    {
        if (destination.Vault is { } secret)
        {
            using var opened = await OpenedDocument.OpenAsync(document, session.Keys, session.DecryptOptions, cancellationToken).ConfigureAwait(false);
            var isWritten = await publisher.PutVaultSecretAsync(secret, destination.IsVersion2, ValuesOf(opened), cancellationToken).ConfigureAwait(false);
            session.Inform("PUBLISH", isWritten ? $"Secret written to {destination}" : $"Secret in {destination} is already up-to-date");
            return;
        }

        var content = recreation is { KeyGroups: [{ Count: > 0 }, ..] }
            ? await RecreateAsync(session, path, document, recreation, cancellationToken).ConfigureAwait(false)
            : SopsSession.Read(path);
        await (destination.IsGoogle
            ? publisher.PutGcsObjectAsync(destination.Bucket, destination.Key, content, cancellationToken)
            : publisher.PutS3ObjectAsync(destination.Bucket, destination.Key, content, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The file encrypted anew for the recipients of the destination.</summary>
    private static async Task<byte[]> RecreateAsync(SopsSession session, string path, SopsDocument document, CreationRule rule, CancellationToken cancellationToken)
    {
        var format = session.InputFormat(path);
        using var opened = await OpenedDocument.OpenAsync(document, session.Keys, session.DecryptOptions, cancellationToken).ConfigureAwait(false);
        var options = new EncryptOptions
        {
            KeyGroups = rule.KeyGroups,
            ShamirThreshold = rule.ShamirThreshold,
            Rule = rule.Selection,
            IsMacOnlyEncrypted = rule.IsMacOnlyEncrypted,
            Stores = session.StoreOptions,
            Clock = session.Environment.Time,
        };
        var recreated = await SopsEncryptor.EncryptAsync(opened.Trees, format, session.Keys, options, cancellationToken).ConfigureAwait(false);
        return session.Store(format).EmitEncrypted(recreated.Trees, recreated.Metadata);
    }

    private static JsonObject ValuesOf(OpenedDocument opened) =>
        JsonNode.Parse(SopsStores.For(SopsFormat.Json, new StoreOptions()).EmitPlain(opened.Trees))!.AsObject();

    private static string WithoutExtension(string path) => path[..^Path.GetExtension(path).Length];
}

/// <summary>Where one file goes.</summary>
internal sealed record PublishDestination
{
    private static readonly string[] Kinds = ["s3_bucket", "gcs_bucket", "vault_path"];

    private const string SeveralDestinations = "error loading config: more than one destinations were found in a single destination rule, you can only use one per rule";

    /// <summary>The bucket, unless it goes to Vault.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The object's name in the bucket.</summary>
    public string Key { get; init; } = "";

    /// <summary>Whether the bucket is Google's.</summary>
    public bool IsGoogle { get; init; }

    /// <summary>The address of the secret in Vault.</summary>
    public Uri? Vault { get; init; }

    /// <summary>Whether Vault's engine keeps versions.</summary>
    public bool IsVersion2 { get; init; }

    /// <exception cref="SopsException">The rule names no destination, or several.</exception>
    public static PublishDestination Of(DestinationRule rule, string target, CliEnvironment environment)
    {
        string Setting(string name, string otherwise = "") => rule.Settings.GetValueOrDefault(name) is { Length: > 0 } text ? text : otherwise;
        string[] kinds = [.. Kinds.Where(name => Setting(name).Length > 0)];
        return kinds switch
        {
            ["s3_bucket"] => new() { Bucket = Setting("s3_bucket"), Key = Setting("s3_prefix") + target },
            ["gcs_bucket"] => new() { Bucket = Setting("gcs_bucket"), Key = Setting("gcs_prefix") + target, IsGoogle = true },
            ["vault_path"] => OfVault(Setting, target, environment.Variable("VAULT_ADDR") ?? "https://127.0.0.1:8200"),
            [] => throw new SopsException(SopsExitCode.Generic, "no destination configured for this file"),
            _ => throw new SopsException(SopsExitCode.Generic, SeveralDestinations),
        };
    }

    /// <summary>The destination as a user would name it.</summary>
    public override string ToString() => Vault?.ToString() ?? (IsGoogle ? $"gcs://{Bucket}/{Key}" : $"s3://{Bucket}/{Key}");

    private static PublishDestination OfVault(Func<string, string, string> setting, string target, string defaultAddress)
    {
        var address = setting("vault_address", defaultAddress).TrimEnd('/');
        var isVersion2 = setting("vault_kv_version", "2") != "1";
        var mount = setting("vault_kv_mount_name", "secret/").Trim('/');
        var path = setting("vault_path", "").Trim('/');
        return new() { Vault = new Uri($"{address}/v1/{mount}/{(isVersion2 ? "data/" : "")}{path}/{target}"), IsVersion2 = isVersion2 };
    }
}
