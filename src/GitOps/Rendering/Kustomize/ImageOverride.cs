using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Rendering.Kustomize;

/// <summary>One entry of <c>spec.source.kustomize.images</c>: <c>[name=]newName[:tag][@digest]</c>, as <c>kustomize edit set image</c> reads it.</summary>
internal sealed record ImageOverride(string Name, string NewName, string Tag, string Digest)
{
    /// <exception cref="RenderException">The text names no image.</exception>
    public static ImageOverride Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (image, tag, digest) = Split(equals < 0 ? text : text[(equals + 1)..]);
        var name = equals < 0 ? image : text[..equals];
        if (name.Length == 0 || image.Length == 0)
        {
            throw new RenderException($"kustomize.images: '{text}' names no image; write NAME=NEWNAME:TAG, NAME:TAG or NAME@DIGEST");
        }

        return new(name, image == name ? "" : image, tag, digest);
    }

    /// <summary>The entry of a kustomization's <c>images</c>.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name };
        if (NewName.Length > 0)
        {
            json["newName"] = NewName;
        }

        if (Digest.Length > 0)
        {
            json["digest"] = Digest;
        }
        else if (Tag.Length > 0)
        {
            json["newTag"] = Tag;
        }

        return json;
    }

    private static (string Image, string Tag, string Digest) Split(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? "" : text[(at + 1)..];
        var rest = at < 0 ? text : text[..at];
        var colon = rest.LastIndexOf(':');
        // A colon before a slash belongs to a registry's port.
        return colon > rest.LastIndexOf('/') ? (rest[..colon], rest[(colon + 1)..], digest) : (rest, "", digest);
    }
}
