namespace SecretsOps.SealedSecrets.Files;

/// <summary>A YAML node and where its text stands: what is needed to change one value and leave every other byte alone.</summary>
internal sealed class MarkedNode
{
    /// <summary>What the node is.</summary>
    internal required MarkedNodeKind Kind { get; init; }

    /// <summary>Where its text starts.</summary>
    internal required int Start { get; init; }

    /// <summary>Where its text ends: behind its last character.</summary>
    internal int End { get; set; }

    /// <summary>The column of its first character, from 0.</summary>
    internal required int Column { get; init; }

    /// <summary>A scalar's value.</summary>
    internal string Value { get; init; } = "";

    /// <summary>A mapping's entries in their order.</summary>
    internal List<(MarkedNode Key, MarkedNode Value)> Entries { get; } = [];

    /// <summary>The entry with this key, or null.</summary>
    internal (MarkedNode Key, MarkedNode Value)? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Kind is MarkedNodeKind.Scalar or MarkedNodeKind.BlockScalar && entry.Key.Value == key)
            {
                return entry;
            }
        }

        return null;
    }
}
