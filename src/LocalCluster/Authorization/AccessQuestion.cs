namespace SecretsOps.LocalCluster.Authorization;

/// <summary>What someone wants to do: a verb on a resource, or, with <see cref="Path"/>, on a path that is none.</summary>
internal sealed record AccessQuestion(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name)
{
    internal string Path { get; init; } = "";

    /// <summary><c>deployments/scale</c>, as rules write it.</summary>
    internal string ResourceWithSubresource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    internal static AccessQuestion ForPath(string verb, string path) => new(verb, "", "", "", "", "") { Path = path };

    /// <summary>The end of the sentence «User "x" cannot …».</summary>
    internal string Describe()
    {
        if (Path.Length > 0)
        {
            return $"{Verb} path \"{Path}\"";
        }

        var where = Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{Namespace}\"";
        return $"{Verb} resource \"{ResourceWithSubresource}\" in API group \"{Group}\" {where}";
    }
}
