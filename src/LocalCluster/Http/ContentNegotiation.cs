using Microsoft.AspNetCore.Http;

namespace SecretsOps.LocalCluster.Http;

/// <summary>The form of the answer that a client's Accept header prefers among those there are.</summary>
internal enum AnswerForm
{
    Object,
    Table,
    PartialMetadata,
}

/// <summary>Reads Accept headers as API clients write them: <c>application/json;as=Table;v=v1;g=meta.k8s.io,application/json</c>.</summary>
internal static class ContentNegotiation
{
    /// <summary>The form to answer in.</summary>
    /// <exception cref="StatusException">None of the forms is JSON.</exception>
    internal static AnswerForm FormFor(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0)
        {
            return AnswerForm.Object;
        }

        foreach (var entry in accept.Split(','))
        {
            var parts = entry.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            var form = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal));
            if (form is null)
            {
                return AnswerForm.Object;
            }

            if (form == "as=Table" && parts.Contains("v=v1"))
            {
                return AnswerForm.Table;
            }

            if (form is "as=PartialObjectMetadata" or "as=PartialObjectMetadataList" && parts.Contains("v=v1"))
            {
                return AnswerForm.PartialMetadata;
            }
        }

        throw ApiErrors.NotAcceptable(JsonResponse.MediaType);
    }
}
