using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.Cli.Kubeseal;

/// <summary><c>--re-encrypt</c>: has the controller seal the values again, and takes nothing but the values from its answer.</summary>
/// <remarks>Compatibility: upstream prints the controller's answer, which has lost template data and maybe labels (defects D1 and D2); here everything but the values stays.</remarks>
internal static class ReencryptMode
{
    internal static async Task RunAsync(KubesealSession session, CancellationToken cancellationToken)
    {
        var input = session.ReadInput();
        var file = SealedSecretFile.Parse(input, "input");
        using var controller = session.OpenController();
        foreach (var document in file.Documents)
        {
            var values = await RotateAsync(controller, document.Object, cancellationToken).ConfigureAwait(false);
            foreach (var (name, value) in values)
            {
                document.SetEncryptedValue(name, value);
            }
        }

        Write(session, file);
    }

    private static async Task<Dictionary<string, string>> RotateAsync(ControllerProxy controller, KubernetesObject sealedSecret, CancellationToken cancellationToken)
    {
        var response = await controller.PostAsync("rotate", GoJson.Compact(sealedSecret.Json), cancellationToken).ConfigureAwait(false);
        if (response.Status == 409)
        {
            throw new KubesealException("unable to rotate secret");
        }

        if (!response.IsSuccess)
        {
            throw new KubesealException($"cannot re-encrypt secret: {controller.Describe(response)}");
        }

        var answer = new SealedSecret(Parse(response.Body)).EncryptedData;
        var own = new SealedSecret(sealedSecret).EncryptedData;
        return own.Keys.ToDictionary(name => name, name => answer.TryGetValue(name, out var value)
            ? value
            : throw new KubesealException($"cannot re-encrypt secret: the controller's answer lacks '{name}'"));
    }

    private static KubernetesObject Parse(byte[] body)
    {
        try
        {
            return KubernetesObject.Parse(body);
        }
        catch (JsonException broken)
        {
            throw new KubesealException("cannot re-encrypt secret: the controller's answer is not a SealedSecret in JSON", broken);
        }
    }

    private static void Write(KubesealSession session, SealedSecretFile file)
    {
        var flags = session.Flags;
        if (flags.SecretFile.Length > 0 && flags.SealedSecretFile.Length == 0)
        {
            AtomicFile.Write(session.Environment.PathOf(flags.SecretFile), Encoding.UTF8.GetBytes(file.ToText()));
            return;
        }

        foreach (var document in file.Documents)
        {
            session.Add(WithoutServerFields(document.Object));
        }

        session.Flush();
    }

    private static KubernetesObject WithoutServerFields(KubernetesObject sealedSecret)
    {
        var metadata = sealedSecret.Json["metadata"] as JsonObject;
        metadata?.Remove("creationTimestamp");
        metadata?.Remove("deletionTimestamp");
        metadata?.Remove("generation");
        return SealedSecretOrder.Canonical(sealedSecret);
    }
}
