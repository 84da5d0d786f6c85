using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

/// <summary>Every case that the real controller 0.36.6 was given: the same Secret and the same condition come out.</summary>
[Collection(ControllerCollection.Name)]
public sealed class RecordedClusterTests(ControllerFixture fixture)
{
    private static readonly Dictionary<string, string> Deviations = new(StringComparer.Ordinal)
    {
        ["annotation-skip-owner"] = "D9: upstream makes the Secret and then does not recognise it; we do",
    };

    private readonly TestCluster _cluster = fixture.Cluster;

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (var directory in Directory.GetDirectories(VectorKeys.File("cases")).Order(StringComparer.Ordinal))
        {
            if (Directory.GetFiles(directory, "cluster-status*.json").Length > 0)
            {
                cases.Add(Path.GetFileName(directory));
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_real_controllers_result_is_ours(string name)
    {
        var directory = VectorKeys.File("cases", name);
        var sealedFile = Directory.GetFiles(directory, "sealed.*").Single(file => file.EndsWith(".yaml", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal));
        var documents = ManifestReader.Read(await File.ReadAllBytesAsync(sealedFile), sealedFile);
        foreach (var document in documents)
        {
            await EnsureNamespaceAsync(document);
            await _cluster.CreateAsync(ApiResource.SealedSecrets, document);
        }

        try
        {
            foreach (var document in documents)
            {
                await CompareAsync(name, directory, document, documents.Count > 1 ? $"-{document.Name}" : "");
            }
        }
        finally
        {
            foreach (var document in documents)
            {
                await RemoveAsync(document);
            }
        }
    }

    private async Task CompareAsync(string name, string directory, KubernetesObject document, string suffix)
    {
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(directory, $"cluster-status{suffix}.json")))![0]!;
        var isSynced = recorded["status"]!.ToString() == "True" || Deviations.ContainsKey(name);
        var live = await _cluster.SyncedBecomesAsync(document.Namespace, document.Name, isSynced ? "True" : "False");
        if (!Deviations.ContainsKey(name))
        {
            Assert.Equal(recorded["message"]?.ToString(), live.Condition("Synced")!["message"]?.ToString());
        }

        var secretFile = Path.Combine(directory, $"cluster-secret{suffix}.json");
        var secret = await _cluster.SecretAsync(document.Namespace, document.Name);
        if (File.Exists(secretFile))
        {
            Assert.Equal(Canonical(KubernetesObject.Parse(await File.ReadAllBytesAsync(secretFile))), Canonical(secret!));
        }
        else if (!isSynced)
        {
            Assert.Null(secret);
        }
    }

    private static string Canonical(KubernetesObject secret)
    {
        foreach (var field in (string[])["uid", "resourceVersion", "creationTimestamp", "managedFields"])
        {
            secret.Metadata.Remove(field);
        }

        if (secret.Metadata["ownerReferences"]?[0] is JsonObject owner)
        {
            owner["uid"] = "(stripped)";
        }

        return Sorted(secret.Json)!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private async Task EnsureNamespaceAsync(KubernetesObject document)
    {
        document.Namespace = document.Namespace.Length == 0 ? "default" : document.Namespace;
        if (await _cluster.Client.TryGetAsync(ApiResource.Namespaces, "", document.Namespace, CancellationToken.None) is null)
        {
            await _cluster.CreateAsync(ApiResource.Namespaces, new KubernetesObject(ApiResource.Namespaces.Gvk, "", document.Namespace));
        }
    }

    private async Task RemoveAsync(KubernetesObject document)
    {
        await _cluster.DeleteAsync(ApiResource.SealedSecrets, document.Namespace, document.Name);
        await Eventually.TrueAsync(async () => await _cluster.SealedAsync(document.Namespace, document.Name) is null, "the SealedSecret is gone");
        await _cluster.DeleteAsync(ApiResource.Secrets, document.Namespace, document.Name);
        await Eventually.TrueAsync(async () => await _cluster.SecretAsync(document.Namespace, document.Name) is null, "the Secret is gone");
    }
}
