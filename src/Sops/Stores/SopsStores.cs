using SecretsOps.Sops.Stores.Binary;
using SecretsOps.Sops.Stores.Dotenv;
using SecretsOps.Sops.Stores.Ini;
using SecretsOps.Sops.Stores.Json;
using SecretsOps.Sops.Stores.Toml;
using SecretsOps.Sops.Stores.Yaml;

namespace SecretsOps.Sops.Stores;

/// <summary>The store of each format.</summary>
internal static class SopsStores
{
    public static ISopsStore For(SopsFormat format, StoreOptions options) => format switch
    {
        SopsFormat.Yaml => new YamlStore(options),
        SopsFormat.Json => new JsonStore(options.JsonIndent, options.AllowsAnyRoot),
        SopsFormat.Dotenv => new DotenvStore(),
        SopsFormat.Ini => new IniStore(),
        SopsFormat.Toml => new TomlStore(),
        _ => new BinaryStore(options.BinaryIndent),
    };
}
