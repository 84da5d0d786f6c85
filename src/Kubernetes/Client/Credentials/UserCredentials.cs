namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>Chooses a kubeconfig user's credentials; flags come before the file.</summary>
internal static class UserCredentials
{
    internal static CredentialSource? Load(KubeconfigOptions options, ConfigEntry user, ConfigEntry cluster)
    {
        if (options.Token.Length > 0)
        {
            return new BearerToken(options.Token);
        }

        if (options.UserName.Length > 0)
        {
            return new BasicCredentials(options.UserName, options.Password);
        }

        if (user.Text("tokenFile") is { Length: > 0 } path)
        {
            return new TokenFile(user.FullPath(path), options.TimeProvider);
        }

        if (user.Text("token") is { Length: > 0 } token)
        {
            return new BearerToken(token);
        }

        if (user.Section("exec") is { } exec)
        {
            return new ExecPlugin(ExecPluginReader.Read(exec, user, cluster, options), options.TimeProvider);
        }

        if (user.Section("auth-provider") is { } provider)
        {
            return OidcTokens.Read(provider, user, options.TimeProvider);
        }

        return user.Text("username") is { Length: > 0 } name ? new BasicCredentials(name, user.Text("password")) : null;
    }
}
