using System.Text;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Character classes of libyaml's emitter, as go-yaml has them.</summary>
internal static class YamlCharacters
{
    /// <summary>Compatibility: go-yaml counts no tab and nothing beyond the basic plane as printable, so both are escaped.</summary>
    internal static bool IsPrintable(Rune rune) => rune.Value is
        0x0A or (>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD and not 0xFEFF);

    internal static bool IsBreak(Rune rune) => rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;

    internal static bool IsSpace(Rune rune) => rune.Value == ' ';

    internal static bool IsBlank(Rune rune) => rune.Value is ' ' or '\t' || IsBreak(rune);
}
