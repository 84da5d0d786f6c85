namespace SecretsOps.GitOps.Settings;

/// <summary>The settings that hold now; read by everybody, replaced as a whole.</summary>
internal sealed class CurrentSettings
{
    private volatile EngineSettings _value = EngineSettings.Default;

    public EngineSettings Value
    {
        get => _value;
        set => _value = value;
    }
}
