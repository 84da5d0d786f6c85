using System.Text.Json;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Kubernetes.Watching;

/// <summary>What identifies an object and its version, read from its JSON without building a tree.</summary>
internal readonly record struct ObjectIdentity(string Namespace, string Name, string Uid, string ResourceVersion)
{
    internal static ObjectIdentity Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ObjectTrim.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata");
            reader.Read();
            if (isMetadata)
            {
                return ReadMetadata(ref reader);
            }

            reader.Skip();
        }

        return new("", "", "", "");
    }

    private static ObjectIdentity ReadMetadata(ref Utf8JsonReader reader)
    {
        var identity = new ObjectIdentity("", "", "", "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isNamespace = reader.ValueTextEquals("namespace");
            var isName = reader.ValueTextEquals("name");
            var isUid = reader.ValueTextEquals("uid");
            var isVersion = reader.ValueTextEquals("resourceVersion");
            reader.Read();
            if (isNamespace || isName || isUid || isVersion)
            {
                var text = reader.GetString() ?? "";
                identity = isNamespace ? identity with { Namespace = text }
                    : isName ? identity with { Name = text }
                    : isUid ? identity with { Uid = text }
                    : identity with { ResourceVersion = text };
            }

            reader.Skip();
        }

        return identity;
    }
}
