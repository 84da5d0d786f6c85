using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>The main job through the published binaries: a commit becomes Secrets, is healed, changed, pruned; what cannot be opened changes nothing.</summary>
public sealed class CommitToSecretTests
{
    [Fact]
    public async Task A_commit_becomes_secrets_is_healed_changed_and_pruned()
    {
        using var shop = await Shop.CreateAsync();
        await shop.WriteSealedAsync("database", "one");
        await shop.WriteEncryptedAsync("mail", "two");
        shop.WriteConfigMap("settings", "light");
        await shop.CommitAsync("first");
        await using var up = await RunningUp.StartAsync(shop.Data, shop.Arguments);
        var cluster = new ShopCluster(up.Client);

        await cluster.SecretBecomesAsync("database", "one");
        await cluster.SecretBecomesAsync("mail", "two");
        await cluster.SyncedAsync(await shop.HeadAsync());

        await cluster.DeleteAsync(ApiResource.Secrets, "mail");
        await cluster.SecretBecomesAsync("mail", "two");
        await cluster.DeleteAsync(ApiResource.Secrets, "database");
        await cluster.SecretBecomesAsync("database", "one");

        shop.WriteConfigMap("settings", "dark");
        await shop.WriteSealedAsync("database", "three");
        shop.Remove("mail.yaml");
        await shop.CommitAsync("second");
        await cluster.RefreshAsync();
        await cluster.ConfigBecomesAsync("settings", "dark");
        await cluster.SecretBecomesAsync("database", "three");
        await cluster.SecretBecomesAsync("mail", null);
        await cluster.SyncedAsync(await shop.HeadAsync());

        Assert.Equal(0, await up.InterruptAsync());
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_stops_the_application_and_what_was_applied_stays()
    {
        using var shop = await Shop.CreateAsync();
        await shop.WriteEncryptedAsync("mail", "kept");
        shop.WriteConfigMap("settings", "light");
        shop.WriteConfigMap("extra", "there");
        await shop.CommitAsync("first");
        await using var up = await RunningUp.StartAsync(shop.Data, shop.Arguments);
        var cluster = new ShopCluster(up.Client);
        await cluster.SyncedAsync(await shop.HeadAsync());

        var encrypted = await File.ReadAllTextAsync(shop.FilePath("mail.yaml"));
        shop.Write("mail.yaml", encrypted.Replace("ENC[AES256_GCM,data:", "ENC[AES256_GCM,data:AAAA", StringComparison.Ordinal));
        shop.WriteConfigMap("settings", "dark");
        shop.Remove("extra.yaml");
        await shop.CommitAsync("damaged");
        await cluster.RefreshAsync();

        var message = await Eventually.NotNullAsync(
            async () => (await cluster.ApplicationStatusAsync())?["conditions"]?.AsArray()
                .Select(condition => (string?)condition!["message"])
                .FirstOrDefault(text => text?.Contains("mail.yaml", StringComparison.Ordinal) == true),
            "a condition names the file");
        Assert.DoesNotContain("kept", message, StringComparison.Ordinal);
        Assert.Equal("kept", await cluster.SecretValueAsync("mail"));
        Assert.Equal("light", await cluster.ConfigValueAsync("settings"));
        Assert.Equal("there", await cluster.ConfigValueAsync("extra"));

        shop.Write("mail.yaml", encrypted);
        await shop.CommitAsync("mended");
        await cluster.RefreshAsync();
        await cluster.ConfigBecomesAsync("settings", "dark");
        await cluster.ConfigBecomesAsync("extra", null);
        await cluster.SyncedAsync(await shop.HeadAsync());
    }
}
