using System.Text.RegularExpressions;
using SecretsOps.Testing.Programs;

namespace SecretsOps.LocalCluster.Tests.Kubectl;

/// <summary>Plays a script of kubectl commands and what they must print.</summary>
/// <remarks>
/// <c>$ arguments</c> must succeed, <c>! arguments</c> must fail; <c>&gt; pattern</c> after it must match somewhere in the output,
/// <c>&lt; pattern</c> must not. <c>$N</c> is the script's namespace, <c>$D</c> the directory of its manifests. <c># </c> begins a comment.
/// </remarks>
internal sealed class KubectlScript(string kubectl, string kubeconfig, string @namespace, string manifests)
{
    private static readonly Regex Word = new("'([^']*)'|(\\S+)", RegexOptions.Compiled);

    internal async Task PlayAsync(string path)
    {
        ProgramResult? last = null;
        foreach (var (text, number) in (await File.ReadAllLinesAsync(path)).Select((text, index) => (text.Trim(), index + 1)))
        {
            try
            {
                last = await PlayLineAsync(text, last);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{Path.GetFileName(path)}, line {number}, kubectl '{kubectl}': {text}\n{exception.Message}\n{last}", exception);
            }
        }
    }

    private async Task<ProgramResult?> PlayLineAsync(string text, ProgramResult? last)
    {
        switch (text.Length < 2 ? ' ' : text[0])
        {
            case '$':
                return (await RunAsync(text[2..])).ShouldSucceed();
            case '!':
                return (await RunAsync(text[2..])).ShouldFail();
            case '>':
                Assert.Matches(Pattern(text), Output(last));
                return last;
            case '<':
                Assert.DoesNotMatch(Pattern(text), Output(last));
                return last;
            default:
                return last;
        }
    }

    private string Pattern(string text) => "(?m)" + text[2..].Replace("$N", @namespace, StringComparison.Ordinal);

    private static string Output(ProgramResult? result) => result!.StandardOutput + result.StandardError;

    private Task<ProgramResult> RunAsync(string line)
    {
        var arguments = Word.Matches(line).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value)
            .Select(argument => argument.Replace("$N", @namespace, StringComparison.Ordinal).Replace("$D", manifests, StringComparison.Ordinal));
        var options = new RunOptions
        {
            Environment = new Dictionary<string, string?>
            {
                ["KUBECONFIG"] = kubeconfig,
                ["EDITOR"] = "sed -i s/before-edit/after-edit/",
                ["KUBECTL_EXTERNAL_DIFF"] = null,
            },
        };
        return ExternalProgram.RunAsync(kubectl, [.. arguments], options);
    }
}
