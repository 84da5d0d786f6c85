using System.Text;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>go-yaml's order of mapping keys: letters after everything else, runs of digits by their number.</summary>
internal sealed class NaturalKeyOrder : IComparer<string>
{
    internal static readonly NaturalKeyOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        Rune[] left = [.. x!.EnumerateRunes()];
        Rune[] right = [.. y!.EnumerateRunes()];
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            if (left[i] != right[i])
            {
                return CompareAt(left, right, i);
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int CompareAt(Rune[] left, Rune[] right, int i)
    {
        var isLeftLetter = Rune.IsLetter(left[i]);
        var isRightLetter = Rune.IsLetter(right[i]);
        if (isLeftLetter || isRightLetter)
        {
            return isLeftLetter && isRightLetter ? left[i].CompareTo(right[i]) : isRightLetter ? -1 : 1;
        }

        var first = FollowsNumber(left, right, i) ? 1L : 0L;
        var (leftNumber, leftEnd) = ReadNumber(left, i, first);
        var (rightNumber, rightEnd) = ReadNumber(right, i, first);
        if (leftNumber != rightNumber)
        {
            return leftNumber.CompareTo(rightNumber);
        }

        return leftEnd != rightEnd ? leftEnd.CompareTo(rightEnd) : left[i].CompareTo(right[i]);
    }

    // A zero in the middle of a number is a digit of it, not the padding that zeros at its start are.
    private static bool FollowsNumber(Rune[] left, Rune[] right, int i)
    {
        if (left[i].Value != '0' && right[i].Value != '0')
        {
            return false;
        }

        for (var j = i - 1; j >= 0 && Rune.IsDigit(left[j]); j--)
        {
            if (left[j].Value != '0')
            {
                return true;
            }
        }

        return false;
    }

    private static (long Number, int End) ReadNumber(Rune[] text, int start, long number)
    {
        var end = start;
        for (; end < text.Length && Rune.IsDigit(text[end]); end++)
        {
            number = unchecked((number * 10) + (text[end].Value - '0')); // Go's int64 wraps around too
        }

        return (number, end);
    }
}
