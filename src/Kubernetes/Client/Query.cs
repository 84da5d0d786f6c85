using System.Text;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Writes a query string, leaving out what is empty.</summary>
internal sealed class Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasQuestionMark;

    internal Query Add(string name, string value)
    {
        if (value.Length == 0)
        {
            return this;
        }

        _text.Append(_hasQuestionMark ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _hasQuestionMark = true;
        return this;
    }

    internal Query AddIf(bool condition, string name, string value) => condition ? Add(name, value) : this;

    public override string ToString() => _text.ToString();
}
