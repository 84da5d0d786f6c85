using System.Text;

using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Reconcilers;

/// <summary>What an API server answers when an admission webhook refuses Secrets and quotes what it read in them.</summary>
internal static class QuotingWebhook
{
    public const string Value = "hunter2-of-the-webhook";

    private static readonly string Encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Value));

    /// <summary>For a proxy in front of the API server: refuses every Secret that is created.</summary>
    public static string? Answer(string method, string path) =>
        method == "POST" && path.EndsWith("/secrets", StringComparison.Ordinal) ? $"admission webhook 'weak.example.org' denied the request: {Value} ({Encoded}) is in a dictionary" : null;

    public static async Task IsLoggedAsync(RunningController controller)
    {
        await Eventually.TrueAsync(() => Task.FromResult(controller.Log.Contains("weak.example.org", StringComparison.Ordinal)), "the refusal is logged");
        AssertIsToldIn(controller.Log);
    }

    public static void AssertIsToldIn(string text)
    {
        Assert.Contains("admission webhook 'weak.example.org' denied the request: ++++++++ (++++++++) is in a dictionary", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoded, text, StringComparison.Ordinal);
    }
}
