using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary><c>--validate</c>: asks the controller whether it can open each document; silent when it can.</summary>
internal static class ValidateMode
{
    private const int Conflict = 409;

    internal static async Task RunAsync(KubesealSession session, CancellationToken cancellationToken)
    {
        var documents = KubesealSession.Documents(session.ReadInput()).ToList();
        using var controller = session.OpenController();
        foreach (var document in documents)
        {
            if (document.Root is not JsonObject json)
            {
                throw new KubesealException("unable to decrypt sealed secret");
            }

            var name = new KubernetesObject(json).Name;
            var response = await controller.PostAsync("verify", GoJson.Compact(json), cancellationToken).ConfigureAwait(false);
            if (response.Status == Conflict)
            {
                throw new KubesealException($"unable to decrypt sealed secret: {name}");
            }

            if (!response.IsSuccess)
            {
                throw new KubesealException($"cannot validate sealed secret: {controller.Describe(response)}");
            }
        }
    }
}
