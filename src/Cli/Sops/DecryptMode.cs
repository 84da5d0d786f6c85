using SecretsOps.Sops;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary><c>sops decrypt</c>: a SOPS file to its plaintext, or one value of it.</summary>
internal static class DecryptMode
{
    public static async Task<int> RunAsync(SopsSession session, CancellationToken cancellationToken)
    {
        var source = InputSource.Find(session, requiresName: false);
        var pointer = Pointer(session);
        var content = source.Read(session);
        var options = session.DecryptOptions;
        var document = session.Store(session.InputFormat(source.Name)).LoadEncrypted(content);
        using var opened = await OpenedDocument.OpenAsync(document, session.Keys, options, cancellationToken).ConfigureAwait(false);
        session.WriteOutput(Emit(session, opened, session.OutputFormat(source.Name), pointer), source.Path);
        return 0;
    }

    private static TreePointer? Pointer(SopsSession session)
    {
        var text = session.Arguments.Text("extract");
        try
        {
            return text.Length > 0 ? TreePointer.Parse(text) : null;
        }
        catch (FormatException failure)
        {
            throw new SopsException(SopsExitCode.InvalidTreePath, $"error parsing --extract path: {failure.Message}", failure);
        }
    }

    private static byte[] Emit(SopsSession session, OpenedDocument opened, SopsFormat format, TreePointer? pointer)
    {
        var value = pointer?.Follow(opened.Trees[0]);
        if (value is TreeScalar { Kind: TreeScalarKind.Text } text)
        {
            return text.Plaintext.ToArray();
        }

        var store = session.Store(format);
        try
        {
            return value switch
            {
                null => store.EmitPlain(opened.Trees),
                TreeBranch => store.EmitPlain([value]),
                _ => store.EmitValue(value),
            };
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotEmit)
        {
            throw new SopsException(failure.Code, $"Error dumping file: {failure.Message}", failure);
        }
    }
}
