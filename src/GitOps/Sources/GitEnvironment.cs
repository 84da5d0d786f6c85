using System.Text;

namespace SecretsOps.GitOps.Sources;

/// <summary>The environment and settings that git gets for one repository; secrets travel in it, never in arguments.</summary>
internal sealed class GitEnvironment : IDisposable
{
    private readonly MemoryFolder? _secrets;
    private readonly List<(string Key, string Value)> _settings = [("safe.directory", "*"), ("gc.auto", "0"), ("core.askPass", ""), ("credential.helper", "")];

    private readonly string _scope;

    public GitEnvironment(RepositoryAccess access, string homeFolder)
    {
        var credentials = access.Credentials;
        _scope = Scope(access.Url);
        Variables["HOME"] = homeFolder;
        Variables["GIT_CONFIG_NOSYSTEM"] = "1";
        Variables["GIT_TERMINAL_PROMPT"] = "0";
        Variables["GIT_ALLOW_PROTOCOL"] = "https:http:ssh:file";
        _secrets = NeedsFiles(credentials) ? new MemoryFolder("git") : null;
        AddHttp(credentials);
        Variables["GIT_SSH_COMMAND"] = SshCommand(credentials);
        WriteSettings();
    }

    public Dictionary<string, string> Variables { get; } = [];

    public void Dispose() => _secrets?.Dispose();

    // Settings of http are for the server that the credentials are for: a redirect or a submodule elsewhere gets none of them.
    private static string Scope(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? $"http.{uri.GetLeftPart(UriPartial.Authority)}/" : "http";

    private static bool NeedsFiles(RepositoryCredentials credentials) =>
        credentials is not { SshPrivateKey: "", KnownHosts: "", CertificateAuthority: "", ClientCertificate: "" };

    private void AddHttp(RepositoryCredentials credentials)
    {
        if (credentials.BearerToken.Length > 0)
        {
            _settings.Add(($"{_scope}.extraHeader", $"Authorization: Bearer {credentials.BearerToken}"));
        }
        else if (credentials.Password.Length > 0)
        {
            var user = credentials.Username.Length > 0 ? credentials.Username : "git";
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{credentials.Password}"));
            _settings.Add(($"{_scope}.extraHeader", $"Authorization: Basic {basic}"));
        }

        AddIf($"{_scope}.sslVerify", credentials.SkipsHostVerification ? "false" : "");
        AddIf($"{_scope}.sslCAInfo", SecretFile("ca.pem", credentials.CertificateAuthority));
        AddIf($"{_scope}.sslCert", SecretFile("client.pem", credentials.ClientCertificate));
        AddIf($"{_scope}.sslKey", SecretFile("client.key", credentials.ClientCertificateKey));
        AddIf($"{_scope}.proxy", credentials.Proxy);
        if (credentials.NoProxy.Length > 0)
        {
            Variables["NO_PROXY"] = credentials.NoProxy;
        }
    }

    private string SshCommand(RepositoryCredentials credentials)
    {
        var command = new StringBuilder("ssh -o BatchMode=yes");
        if (credentials.SkipsHostVerification)
        {
            command.Append(" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null");
        }
        else
        {
            command.Append(" -o StrictHostKeyChecking=yes");
        }

        if (SecretFile("known_hosts", credentials.KnownHosts) is { Length: > 0 } knownHosts)
        {
            command.Append(" -o UserKnownHostsFile=").Append(knownHosts);
        }

        if (SecretFile("identity", credentials.SshPrivateKey.Length == 0 ? "" : credentials.SshPrivateKey.TrimEnd() + "\n") is { Length: > 0 } identity)
        {
            command.Append(" -F none -o IdentitiesOnly=yes -i ").Append(identity);
        }

        return command.ToString();
    }

    private string SecretFile(string name, string content) =>
        content.Length == 0 ? "" : _secrets!.Write(name, Encoding.UTF8.GetBytes(content));

    private void AddIf(string key, string value)
    {
        if (value.Length > 0)
        {
            _settings.Add((key, value));
        }
    }

    // Settings by environment: an argument could be read by every process of the machine.
    private void WriteSettings()
    {
        Variables["GIT_CONFIG_COUNT"] = _settings.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < _settings.Count; i++)
        {
            Variables[$"GIT_CONFIG_KEY_{i}"] = _settings[i].Key;
            Variables[$"GIT_CONFIG_VALUE_{i}"] = _settings[i].Value;
        }
    }
}
