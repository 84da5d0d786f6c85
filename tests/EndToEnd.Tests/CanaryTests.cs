using System.Text;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>Plaintext rests nowhere: after a run with failures and repairs, canary values are searched for, raw and in base64.</summary>
public sealed class CanaryTests
{
    private const string Sealed = "canary-Sealed-7Jq2mXw9";
    private const string Encrypted = "canary-Sops-4Kd8vTz1";
    private static readonly string[] Canaries = [Sealed, Encrypted];

    [Fact]
    public async Task No_plaintext_is_left_in_data_logs_events_status_metrics_or_caches()
    {
        using var shop = await Shop.CreateAsync();
        await shop.WriteSealedAsync("database", Sealed);
        await shop.WriteEncryptedAsync("mail", Encrypted);
        await shop.CommitAsync("first");
        await using var up = await RunningUp.StartAsync(shop.Data, shop.Arguments);
        var cluster = new ShopCluster(up.Client);
        await cluster.SecretBecomesAsync("database", Sealed);
        await cluster.SecretBecomesAsync("mail", Encrypted);

        await TroubleAsync(shop, cluster, up);

        var answers = new Dictionary<string, string>
        {
            ["events"] = await KubectlAsync(up, "get", "events", "-A", "-o", "json"),
            ["the Applications"] = await KubectlAsync(up, "get", "applications", "-A", "-o", "json"),
            ["the SealedSecrets"] = await KubectlAsync(up, "get", "sealedsecrets", "-A", "-o", "json"),
            ["the metrics"] = await KubectlAsync(up, "get", "--raw", "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller-metrics:/proxy/metrics"),
        };
        await up.InterruptAsync();
        answers["the log"] = up.Log;
        foreach (var (where, text) in answers)
        {
            Assert.True(!HoldsCanary(Encoding.UTF8.GetBytes(text)), $"a canary is in {where}");
        }

        foreach (var file in Directory.EnumerateFiles(shop.Data, "*", SearchOption.AllDirectories).Concat(FilesOf(shop)))
        {
            Assert.True(!HoldsCanary(await File.ReadAllBytesAsync(file)), $"a canary is in {file}");
        }
    }

    [Fact]
    public void The_scan_finds_canaries_raw_and_in_base64_at_every_offset()
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var text = new string('x', offset) + Encrypted + "tail";
            Assert.True(HoldsCanary(Encoding.UTF8.GetBytes(text)));
            Assert.True(HoldsCanary(Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))));
        }

        Assert.False(HoldsCanary("canary-Sops-"u8));
    }

    /// <summary>Errors are where values leak: damage, conflicts, drift and repair before the scan.</summary>
    private static async Task TroubleAsync(Shop shop, ShopCluster cluster, RunningUp up)
    {
        var encrypted = await File.ReadAllTextAsync(shop.FilePath("mail.yaml"));
        shop.Write("mail.yaml", encrypted.Replace("type:str]", "type:int]", StringComparison.Ordinal));
        await shop.CommitAsync("damaged");
        await cluster.RefreshAsync();
        await Eventually.TrueAsync(
            async () => (await cluster.ApplicationStatusAsync())?["conditions"]?.ToJsonString().Contains("mail.yaml", StringComparison.Ordinal) == true,
            "a condition names the damaged file");
        shop.Write("mail.yaml", encrypted);
        await shop.CommitAsync("mended");
        await cluster.RefreshAsync();
        await KubectlAsync(up, "-n", Shop.Namespace, "patch", "secret", "mail", "--type=merge", "-p", """{"data":{"value":"ZHJpZnQ="}}""");
        await cluster.SecretBecomesAsync("mail", Encrypted);
        await cluster.DeleteAsync(ApiResource.Secrets, "database");
        await cluster.SecretBecomesAsync("database", Sealed);
    }

    private static async Task<string> KubectlAsync(RunningUp up, params string[] arguments)
    {
        var kubectl = ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl);
        return (await ExternalProgram.RunAsync(kubectl, ["--kubeconfig", up.Kubeconfig, .. arguments])).ShouldSucceed().StandardOutput;
    }

    private static IEnumerable<string> FilesOf(Shop shop) => Directory.EnumerateFiles(shop.Repository, "*", SearchOption.AllDirectories);

    private static bool HoldsCanary(ReadOnlySpan<byte> bytes)
    {
        foreach (var canary in Canaries)
        {
            foreach (var form in Forms(canary))
            {
                if (bytes.IndexOf(form) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The text, and the part of its base64 that does not depend on its neighbours, for each of the three alignments.</summary>
    private static IEnumerable<byte[]> Forms(string canary)
    {
        yield return Encoding.UTF8.GetBytes(canary);
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('?', offset) + canary));
            yield return Encoding.UTF8.GetBytes(encoded[4..(((offset + canary.Length) / 3 * 4) - 4)]);
        }
    }
}
