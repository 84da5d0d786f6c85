using System.Globalization;
using System.Runtime.InteropServices;

namespace SecretsOps.Benchmarks;

/// <summary>Prints figures as aligned rows: what, ours, the peer's or the limit's, and the ratio of the two.</summary>
internal sealed class BenchmarkReport(TextWriter output)
{
    /// <summary>Says on what machine the figures were taken.</summary>
    public void WriteMachine() => output.WriteLine(
        $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}");

    /// <summary>Heads the rows of one benchmark.</summary>
    public void Begin(Benchmark benchmark)
    {
        output.WriteLine();
        output.WriteLine($"{benchmark.Name}: {benchmark.Question}");
    }

    /// <summary>A figure that stands alone, such as peak memory.</summary>
    public void Figure(string what, double value, string unit) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-52}{value,12:0.###} {unit}"));

    /// <summary>Ours beside a peer or limit of the same run; <paramref name="peer"/> names it.</summary>
    public void Ratio(string what, double ours, string peer, double theirs, string unit) =>
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-52}{ours,12:0.###} {unit,-8} {peer} {theirs:0.###} {unit}  ratio {ours / theirs:0.00}"));

    /// <summary>Says why a figure is missing.</summary>
    public void Note(string text) => output.WriteLine($"  {text}");
}
