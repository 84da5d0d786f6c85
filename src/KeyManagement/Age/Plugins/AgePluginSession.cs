using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement.Processes;

namespace SecretsOps.KeyManagement.Age.Plugins;

// C2SP age-plugin.md. We start "age-plugin-NAME --age-plugin=STATE-MACHINE" and exchange stanzas in the header's syntax:
//   phase 1: our commands, then "done"
//   phase 2: the plugin's commands, each answered by "ok", "fail" or "unsupported", then its "done"

/// <summary>One run of a plugin.</summary>
internal sealed class AgePluginSession : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // a person may have to touch a token

    private readonly string _program;
    private readonly Process _process;
    private readonly ITimer _limit;
    private readonly IKeyInteraction? _interaction;

    public AgePluginSession(string name, string stateMachine, KeyEnvironment environment)
    {
        _program = $"age-plugin-{name}";
        _interaction = environment.Interaction;
        _process = Start(_program, stateMachine, environment);
        _process.ErrorDataReceived += (_, _) => { }; // drained, so that the plugin cannot block on it
        _process.BeginErrorReadLine();
        _limit = environment.Clock.CreateTimer(_ => Stop(), null, Patience, Timeout.InfiniteTimeSpan);
    }

    public void Send(string type, IReadOnlyList<string>? arguments = null, ReadOnlyMemory<byte> body = default)
    {
        var text = new StringBuilder();
        StanzaText.Append(text, new Stanza(type, arguments ?? [], body));
        try
        {
            _process.StandardInput.BaseStream.Write(Encoding.ASCII.GetBytes(text.ToString()));
            _process.StandardInput.BaseStream.Flush();
        }
        catch (IOException failure)
        {
            throw Broken("ended in the middle of the conversation", failure);
        }
    }

    /// <summary>Runs phase 2; <paramref name="handle"/> says whether it took the command.</summary>
    public void Converse(Func<Stanza, bool> handle)
    {
        Send("done");
        for (var command = Receive(); command.Type != "done"; command = Receive())
        {
            switch (command.Type)
            {
                case "error":
                    throw Broken($"reports: {Encoding.UTF8.GetString(command.Body.Span)}");
                case "msg" or "confirm" or "request-public" or "request-secret":
                    AgePluginQuestion.Answer(this, command, _interaction, _program);
                    break;
                default:
                    Send(handle(command) ? "ok" : "unsupported");
                    break;
            }
        }
    }

    public AgeException Broken(string reason, Exception? cause = null) => new(AgeFailure.Header, $"'{_program}' {reason}", cause);

    public void Dispose()
    {
        _limit.Dispose();
        Stop();
        _process.Dispose();
    }

    private static Process Start(string program, string stateMachine, KeyEnvironment environment)
    {
        var path = ProgramPath.Find(program, environment)
            ?? throw new AgeException(AgeFailure.Header, $"the plugin '{program}' was not found in PATH");
        try
        {
            return Process.Start(new ProcessStartInfo(path, [$"--age-plugin={stateMachine}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception failure)
        {
            throw new AgeException(AgeFailure.Header, $"the plugin '{path}' did not start: {failure.Message}", failure);
        }
    }

    private Stanza Receive() => StanzaText.Read(ReadLine(), ReadLine);

    private string ReadLine() => _process.StandardOutput.ReadLine() ?? throw Broken("ended without 'done'");

    private void Stop()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(1)))
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            // It had ended already.
        }
    }
}
