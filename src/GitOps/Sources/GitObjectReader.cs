using System.IO.Pipelines;
using System.Buffers;
using System.Text;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Sources;

/// <summary>Reads objects of one bare repository through one long-lived <c>git cat-file --batch</c>.</summary>
internal sealed class GitObjectReader(ExternalTool git, string folder, IReadOnlyDictionary<string, string> environment) : IDisposable
{
    private const int LargestObject = 32 * 1024 * 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private ToolSession? _session;
    private PipeReader? _answers;

    /// <summary>Reads objects in the order asked; an object that the repository lacks is null.</summary>
    public async Task<IReadOnlyList<GitObject?>> TryReadAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await AskAsync(ids, cancellationToken);
        }
        catch
        {
            // A half-read answer would shift every later one: the next call starts a new process.
            Close();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the process when the read under way is done; the next read starts another one.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        Close();
        _turn.Release();
    }

    public void Dispose()
    {
        Close();
        _turn.Dispose();
    }

    private async Task<IReadOnlyList<GitObject?>> AskAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        _session ??= git.Open(new ToolRequest { Arguments = ["--git-dir", folder, "cat-file", "--batch"], Environment = environment });
        _answers ??= PipeReader.Create(_session.Output);
        var questions = AskAllAsync(_session.Input, ids, cancellationToken);
        var objects = new List<GitObject?>(ids.Count);
        for (var i = 0; i < ids.Count; i++)
        {
            objects.Add(await ReadOneAsync(_answers, cancellationToken));
        }

        await questions;
        return objects;
    }

    private static async Task AskAllAsync(Stream input, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(id).Append('\n');
        }

        await input.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), cancellationToken);
        await input.FlushAsync(cancellationToken);
    }

    private static async Task<GitObject?> ReadOneAsync(PipeReader answers, CancellationToken cancellationToken)
    {
        var header = await ReadLineAsync(answers, cancellationToken);
        var words = header.Split(' ');
        if (words is [_, "missing" or "ambiguous"])
        {
            return null;
        }

        if (words.Length != 3 || !int.TryParse(words[2], out var size) || size > LargestObject)
        {
            throw new SourceException($"git object '{words[0]}' is larger than {LargestObject / (1024 * 1024)} MiB or unreadable") { IsDamage = words.Length != 3 };
        }

        var read = await answers.ReadAtLeastAsync(size + 1, cancellationToken);
        if (read.Buffer.Length < size + 1)
        {
            throw new SourceException($"git cat-file ended in the middle of object '{words[0]}'") { IsDamage = true };
        }

        var content = read.Buffer.Slice(0, size).ToArray();
        answers.AdvanceTo(read.Buffer.GetPosition(size + 1));
        return new GitObject(words[0], words[1], content);
    }

    private static async Task<string> ReadLineAsync(PipeReader answers, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await answers.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end));
                answers.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            answers.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                throw new SourceException("git cat-file ended before it answered") { IsDamage = true };
            }
        }
    }

    private void Close()
    {
        _session?.Dispose();
        _session = null;
        _answers = null;
    }
}
