namespace SecretsOps.Cli.Sops;

/// <summary>Every command of the <c>sops</c> command line.</summary>
internal static class SopsCommands
{
    public static IReadOnlyList<SopsCommand> All { get; } =
    [
        new("completion", "Generate shell completion scripts", [], (session, _) => Task.FromResult(PrintHelp(session, "completion")))
        {
            Children =
            [
                new("bash", "Generate bash completions. To load completions: `$ source <(sops completion bash)`", [], CompletionMode.RunBashAsync),
                new("zsh", "Generate zsh completions. To load completions: `$ source <(sops completion zsh)`", [], CompletionMode.RunZshAsync),
            ],
        },
        new("exec-env", "execute a command with decrypted values inserted into the environment",
            [new("background", "background the process and don't wait for it to complete (DEPRECATED)") { IsSwitch = true },
                new("pristine", "insert only the decrypted values into the environment without forwarding existing environment variables") { IsSwitch = true },
                new("same-process", "run command in the current process instead of in a child process") { IsSwitch = true },
                SopsFlags.User, SopsFlags.InputType, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder, .. SopsFlags.KeyServices],
            ExecEnvMode.RunAsync),
        new("exec-file", "execute a command with the decrypted contents as a temporary file",
            [new("background", "background the process and don't wait for it to complete (DEPRECATED)") { IsSwitch = true },
                new("no-fifo", "use a regular file instead of a fifo to temporarily hold the decrypted contents") { IsSwitch = true },
                new("filename", "filename for the temporarily file (default: tmp-file)"),
                SopsFlags.User, SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder, .. SopsFlags.KeyServices],
            ExecFileMode.RunAsync),
        new("publish", "Publish sops file or directory to a configured destination", PublishMode.Flags, PublishMode.RunAsync),
        new("keyservice", "start a SOPS key service server", KeyServiceMode.Flags, KeyServiceMode.RunAsync),
        new("filestatus", "check the status of the file, returning encryption status", [SopsFlags.InputType], FileStatusMode.RunAsync),
        new("groups", "modify the groups on a SOPS file", [], (session, _) => Task.FromResult(PrintHelp(session, "groups")))
        {
            Children =
            [
                new("add", "add a new group to a SOPS file", [.. GroupFlags, .. SopsFlags.GroupKeys, .. SopsFlags.KeyServices], GroupsMode.AddAsync),
                new("delete", "delete a key group from a SOPS file", [.. GroupFlags, .. SopsFlags.KeyServices], GroupsMode.DeleteAsync),
            ],
        },
        new("updatekeys", "update the keys of SOPS files using the config file", [SopsFlags.Yes, SopsFlags.InputType, .. SopsFlags.KeyServices], UpdateKeysMode.RunAsync),
        new("decrypt", "decrypt a file, and output the results to stdout. If no filename is provided, stdin will be used.",
            [SopsFlags.InPlace, SopsFlags.Extract, SopsFlags.Output, SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.IgnoreMac, SopsFlags.FileNameOverride,
                SopsFlags.DecryptionOrder, .. SopsFlags.KeyServices],
            DecryptMode.RunAsync),
        new("encrypt", "encrypt a file, and output the results to stdout. If no filename is provided, stdin will be used.",
            [SopsFlags.InPlace, SopsFlags.Output, SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.Threshold, SopsFlags.FileNameOverride,
                .. SopsFlags.Keys, .. SopsFlags.Selections, .. SopsFlags.KeyServices],
            EncryptMode.RunAsync),
        new("rotate", "generate a new data encryption key and reencrypt all values with the new key",
            [SopsFlags.InPlace, SopsFlags.Output, SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.FileNameOverride, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder,
                new("encryption-context", "comma separated list of KMS encryption context key:value pairs"), new("aws-profile", "the AWS profile of added keys"),
                .. SopsFlags.KeyChanges, .. SopsFlags.KeyServices],
            RotateMode.RunAsync),
        new("edit", "edit an encrypted file",
            [SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.ShowMasterKeys, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder, SopsFlags.Threshold,
                .. SopsFlags.Keys, .. SopsFlags.Selections, .. SopsFlags.KeyServices],
            EditMode.RunAsync),
        new("set", "set a specific key or branch in the input document. value must be a JSON encoded string, for example '/path/to/file?[\"somekey\"][0] {\"somevalue\":true}', or a path if --value-file is used, or omitted if --value-stdin is used",
            [SopsFlags.InputType, SopsFlags.OutputType, new("value-file", "treat 'value' as a file to read the actual value from") { IsSwitch = true },
                new("value-stdin", "treat 'value' as a value read from stdin") { IsSwitch = true },
                SopsFlags.Idempotent, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder, SopsFlags.Threshold, .. SopsFlags.KeyServices],
            SetMode.RunAsync),
        new("unset", "unset a specific key or branch in the input document.",
            [SopsFlags.InputType, SopsFlags.OutputType, SopsFlags.Idempotent, SopsFlags.IgnoreMac, SopsFlags.DecryptionOrder, .. SopsFlags.KeyServices],
            UnsetMode.RunAsync),
    ];

    private static IReadOnlyList<SopsFlag> GroupFlags =>
    [
        new("file", "the file to change") { Short = "f" }, SopsFlags.InPlace, SopsFlags.Threshold, SopsFlags.InputType,
    ];

    private static int PrintHelp(SopsSession session, string name)
    {
        session.Environment.Print(SopsHelp.Of(All.First(command => command.Name == name)));
        return 0;
    }
}
