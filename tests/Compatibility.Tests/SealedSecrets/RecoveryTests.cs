using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Compatibility.Tests.SealedSecrets;

public sealed class RecoveryTests
{
    public static TheoryData<string> Recovered => VectorSet.CasesWith("recovered.yaml", "recovered.json", "recovered.sha256");

    public static TheoryData<string> Refused => VectorSet.CasesWith("recover-error.txt");

    [Theory]
    [MemberData(nameof(Recovered))]
    public async Task Recovery_prints_what_kubeseal_printed(string name)
    {
        var run = await RecoverAsync(name);

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        if (VectorSet.Has(name, "recovered.sha256"))
        {
            var expected = Encoding.ASCII.GetString(VectorSet.Read(name, "recovered.sha256")).Split(' ')[0].Trim();
            Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(run.Output)));
        }
        else
        {
            Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read(name, "recovered.yaml", "recovered.json")), run.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Recovery_refuses_what_kubeseal_refused_in_its_words(string name)
    {
        var run = await RecoverAsync(name);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read(name, "recover-error.txt")), run.Error);
    }

    private static Task<KubesealRun> RecoverAsync(string name)
    {
        var format = VectorSet.Has(name, "recovered.json") ? "json" : "yaml";
        var keys = name == "own-rsa2048-key" ? "keys/rsa2048.key" : VectorSet.Backup;
        return KubesealRun.StartAsync(VectorSet.Read(name, "sealed.yaml", "sealed.json"), "--recovery-unseal", "--recovery-private-key", keys, "-o", format);
    }
}
