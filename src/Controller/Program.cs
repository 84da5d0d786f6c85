namespace SecretsOps.Controller;

/// <summary>Starts the controller (<c>run</c>) or the laptop cluster with everything in it (<c>up</c>).</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments)
    {
        _ = arguments;
        return Task.FromResult(0);
    }
}
