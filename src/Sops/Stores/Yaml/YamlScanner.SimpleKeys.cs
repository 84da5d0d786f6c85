namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Simple keys: a token that a later colon on the same line may turn into the key of a mapping.</summary>
internal sealed partial class YamlScanner
{
    // libyaml: a simple key is limited to a single line and 1024 characters.
    private const int MaxSimpleKeyLength = 1024;

    private void RequireSimpleKeyAllowed(string problem)
    {
        if (!_isSimpleKeyAllowed)
        {
            throw Failure(problem);
        }
    }

    private bool IsValid(SimpleKey key)
    {
        if (!key.IsPossible)
        {
            return false;
        }

        if (key.Mark.Line == _line && key.Mark.Index + MaxSimpleKeyLength >= _at)
        {
            return true;
        }

        return key.IsRequired ? throw new YamlSyntaxException("could not find expected ':'", key.Mark) : false;
    }

    private void SaveSimpleKey()
    {
        if (_isSimpleKeyAllowed)
        {
            var isRequired = _flowDepth == 0 && _indent == _column;
            RemoveSimpleKey();
            var tokenNumber = _consumed + _tokens.Count - _head;
            _simpleKeys[^1] = new SimpleKey(true, isRequired, tokenNumber, Mark);
            _simpleKeyLevels[tokenNumber] = _simpleKeys.Count - 1;
        }
    }

    private void RemoveSimpleKey()
    {
        var key = _simpleKeys[^1];
        if (key is { IsPossible: true, IsRequired: true })
        {
            throw new YamlSyntaxException("could not find expected ':'", key.Mark);
        }

        ForgetSimpleKey();
    }

    private void ForgetSimpleKey()
    {
        if (_simpleKeys[^1].IsPossible)
        {
            _simpleKeyLevels.Remove(_simpleKeys[^1].TokenNumber);
            _simpleKeys[^1] = default;
        }
    }

    private readonly record struct SimpleKey(bool IsPossible, bool IsRequired, int TokenNumber, YamlMark Mark);
}
