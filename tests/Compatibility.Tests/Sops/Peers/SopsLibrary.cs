using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using SecretsOps.Testing.KeyServices;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>The Go library of sops itself, in a program made for AWS Lambda: we play Lambda's runtime and CloudFormation, and ask whether a file decrypts under a matching MAC.</summary>
/// <remarks>Its version, 3.9.2, does not know times (3.10) nor comments in lists; what it is asked has neither.</remarks>
public sealed class SopsLibrary : IDisposable
{
    private readonly Runtime _runtime = new();
    private Process? _process;

    /// <summary>Whether the program runs on this machine at all.</summary>
    public static bool IsHere => OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    /// <summary>Null when the library decrypts the file and its MAC matches, else what it says.</summary>
    public async Task<string?> RefusalAsync(string format, byte[] file)
    {
        var asking = _runtime.AskAsync(new JsonObject
        {
            ["RequestType"] = "Create",
            ["ResponseURL"] = $"{_runtime.Address}/answer",
            ["StackId"] = "stack",
            ["LogicalResourceId"] = "logical",
            ["ResourceType"] = "Custom::SopsSync",
            ["ResourceProperties"] = new JsonObject
            {
                ["SecretARN"] = "arn:aws:secretsmanager:x",
                ["SopsInline"] = new JsonObject { ["Content"] = Convert.ToBase64String(file), ["Hash"] = "hash" },
                ["Format"] = format,
                ["Flatten"] = "false",
                ["StringifyValues"] = "false",
                ["ConvertToJSON"] = "false",
                ["ResourceType"] = "NONE", // it fails there, after the decryption, and so needs no AWS
            },
        });
        _process ??= Start();
        while (await Task.WhenAny(asking, _process.WaitForExitAsync()) != asking)
        {
            // Lambda's runtime ends when a connection breaks, as one kept alive may between two questions; Lambda starts it again, and so do we.
            _process.Dispose();
            _process = Start();
        }

        var answer = await asking;
        return answer.Contains("neither SecretARN nor ParameterName", StringComparison.Ordinal) ? null : answer;
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        _runtime.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(ExternalPrograms.SopsLambda) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["AWS_LAMBDA_RUNTIME_API"] = $"127.0.0.1:{_runtime.Port}";
        start.Environment["AWS_REGION"] = "eu-west-2";
        start.Environment["SOPS_AGE_KEY"] = SopsIdentities.With("all-age.txt")["SOPS_AGE_KEY"];
        start.Environment["HOME"] = "/nonexistent";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Lambda's runtime interface for one program, and the address where CloudFormation takes its answers.</summary>
    private sealed class Runtime : LoopbackServer
    {
        private readonly Channel<string> _questions = Channel.CreateUnbounded<string>();
        private readonly Channel<(string Asked, string Answer)> _answers = Channel.CreateUnbounded<(string, string)>();
        private int _asked;

        public async Task<string> AskAsync(JsonObject question)
        {
            var id = $"{++_asked}";
            question["RequestId"] = id;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (true)
            {
                // A request over a connection that has ended may take a question along: it is asked again then, and a second answer to it is left aside.
                _questions.Writer.TryWrite(question.ToJsonString());
                if (await AnswerToAsync(id, limit.Token) is { } answer)
                {
                    return answer;
                }
            }
        }

        private async Task<string?> AnswerToAsync(string id, CancellationToken cancellationToken)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(3));
            try
            {
                while (true)
                {
                    var (asked, answer) = await _answers.Reader.ReadAsync(patience.Token);
                    if (asked == id)
                    {
                        return answer;
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        protected override async Task<LoopbackReply> AnswerAsync(LoopbackRequest request) => request.Method != "GET" ? Answer(request) : new LoopbackReply(200, await NextQuestionAsync())
        {
            Headers = new Dictionary<string, string>
            {
                ["Lambda-Runtime-Aws-Request-Id"] = $"{_asked}",
                ["Lambda-Runtime-Deadline-Ms"] = "99999999999999",
                ["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-west-2:1:function:f",
            },
        };

        protected override LoopbackReply Answer(LoopbackRequest request)
        {
            if (request.Method == "PUT")
            {
                _answers.Writer.TryWrite(($"{request.Json["RequestId"]}", $"{request.Json["Reason"]}"));
                return new LoopbackReply(200, "");
            }

            if (request.Path.EndsWith("/error", StringComparison.Ordinal))
            {
                _answers.Writer.TryWrite(($"{_asked}", $"it broke down: {request.Json["errorMessage"]}"));
            }

            return new LoopbackReply(202, "");
        }

        protected override LoopbackReply Refuse() => new(500, "");

        private async Task<string> NextQuestionAsync() => await _questions.Reader.ReadAsync(Stopping);
    }
}
