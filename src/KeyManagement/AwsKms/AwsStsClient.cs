using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Temporary credentials from AWS STS.</summary>
internal sealed partial class AwsStsClient(KeyHttp http, TimeProvider clock)
{
    private const string Version = "2011-06-15";
    private const int MaximumSessionName = 64;

    /// <summary>Assumes a role with another identity.</summary>
    public Task<(AwsIdentity Identity, DateTimeOffset Expires)> AssumeRoleAsync(
        AwsIdentity source, Uri endpoint, string region, string role, string sessionName, string? externalId, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new() { ["Action"] = "AssumeRole", ["Version"] = Version, ["RoleArn"] = role, ["RoleSessionName"] = sessionName };
        if (externalId is not null)
        {
            form["ExternalId"] = externalId;
        }

        var signature = new AwsSignature(source, region, "sts");
        return SendAsync(() => signature.Sign(Request(endpoint, form), clock.GetUtcNow()), role, cancellationToken);
    }

    /// <summary>Assumes a role with a token of the workload (IRSA).</summary>
    public Task<(AwsIdentity Identity, DateTimeOffset Expires)> AssumeRoleWithWebIdentityAsync(
        Uri endpoint, string role, string sessionName, string token, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new()
        {
            ["Action"] = "AssumeRoleWithWebIdentity",
            ["Version"] = Version,
            ["RoleArn"] = role,
            ["RoleSessionName"] = sessionName,
            ["WebIdentityToken"] = token,
        };
        return SendAsync(() => Request(endpoint, form), role, cancellationToken);
    }

    /// <summary>The session name that sops uses, <c>sops@HOST</c>, within what STS allows.</summary>
    public static string SessionName(string host)
    {
        var name = "sops@" + NotAllowed().Replace(host, "");
        return name[..Math.Min(name.Length, MaximumSessionName)];
    }

    private async Task<(AwsIdentity Identity, DateTimeOffset Expires)> SendAsync(Func<KeyRequest> makeRequest, string role, CancellationToken cancellationToken)
    {
        var reply = await http.SendAsync(makeRequest, cancellationToken).ConfigureAwait(false);
        var xml = reply.Text();
        if (!reply.IsSuccess)
        {
            throw new KeyBackendException(
                $"AWS STS refused the role '{role}': {Element(xml, "Code") ?? $"HTTP {reply.Status}"}: {Element(xml, "Message")}", "check the role's trust policy");
        }

        return (
            new AwsIdentity(Required(xml, "AccessKeyId"), Required(xml, "SecretAccessKey"), Required(xml, "SessionToken")),
            DateTimeOffset.Parse(Required(xml, "Expiration"), CultureInfo.InvariantCulture));
    }

    private static KeyRequest Request(Uri endpoint, Dictionary<string, string> form) => new(HttpMethod.Post, endpoint)
    {
        Body = Encoding.UTF8.GetBytes(Rfc3986.Query(form)),
        ContentType = "application/x-www-form-urlencoded; charset=utf-8",
    };

    private static string Required(string xml, string name) => Element(xml, name) ?? throw new KeyBackendException($"the answer of AWS STS has no '{name}'");

    private static string? Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? null : WebUtility.HtmlDecode(xml[(start + name.Length + 2)..end]);
    }

    [GeneratedRegex("[^A-Za-z0-9=,.@_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotAllowed();
}
