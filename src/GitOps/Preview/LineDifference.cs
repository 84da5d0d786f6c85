using System.Globalization;

namespace SecretsOps.GitOps.Preview;

/// <summary>A unified difference of two texts, by Myers' O(ND) algorithm, three lines of context.</summary>
internal static class LineDifference
{
    private const int Context = 3;
    private const int MostEdits = 2000;

    /// <summary>Lines with a leading space, minus or plus, in hunks headed by <c>@@</c>; empty where the texts are equal.</summary>
    public static IReadOnlyList<string> Between(string before, string after)
    {
        var (left, right) = (Lines(before), Lines(after));
        var edits = Edits(left, right);
        return edits.Exists(edit => edit.Mark != ' ') ? [.. Hunks(edits)] : [];
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    private static List<Edit> Edits(string[] left, string[] right)
    {
        var start = 0;
        while (start < left.Length && start < right.Length && left[start] == right[start])
        {
            start++;
        }

        var end = 0;
        while (end < left.Length - start && end < right.Length - start && left[^(end + 1)] == right[^(end + 1)])
        {
            end++;
        }

        var edits = left[..start].Select(line => new Edit(' ', line)).ToList();
        edits.AddRange(Middle(left[start..^end], right[start..^end]));
        edits.AddRange(left[^end..].Select(line => new Edit(' ', line)));
        return edits;
    }

    private static List<Edit> Middle(string[] left, string[] right)
    {
        var trace = Trace(left, right);
        if (trace is null)
        {
            return [.. left.Select(line => new Edit('-', line)), .. right.Select(line => new Edit('+', line))];
        }

        var edits = new List<Edit>();
        var (x, y) = (left.Length, right.Length);
        for (var d = trace.Count - 1; d >= 0; d--)
        {
            var furthest = trace[d];
            var k = x - y;
            var offset = furthest.Length / 2;
            var isDown = k == -d || (k != d && furthest[offset + k - 1] < furthest[offset + k + 1]);
            var previousK = isDown ? k + 1 : k - 1;
            var previousX = d == 0 ? 0 : furthest[offset + previousK];
            var previousY = d == 0 ? 0 : previousX - previousK;
            while (x > previousX && y > previousY)
            {
                edits.Add(new Edit(' ', left[x - 1]));
                (x, y) = (x - 1, y - 1);
            }

            if (d > 0)
            {
                edits.Add(isDown ? new Edit('+', right[y - 1]) : new Edit('-', left[x - 1]));
                (x, y) = (previousX, previousY);
            }
        }

        edits.Reverse();
        return edits;
    }

    /// <summary>For each number of edits the furthest place reached on each diagonal before it; null where there are too many.</summary>
    private static List<int[]>? Trace(string[] left, string[] right)
    {
        var limit = Math.Min(left.Length + right.Length, MostEdits);
        var furthest = new int[(2 * limit) + 3];
        var offset = furthest.Length / 2;
        var trace = new List<int[]>();
        for (var d = 0; d <= limit; d++)
        {
            trace.Add((int[])furthest.Clone());
            for (var k = -d; k <= d; k += 2)
            {
                var x = k == -d || (k != d && furthest[offset + k - 1] < furthest[offset + k + 1]) ? furthest[offset + k + 1] : furthest[offset + k - 1] + 1;
                while (x < left.Length && x - k < right.Length && left[x] == right[x - k])
                {
                    x++;
                }

                furthest[offset + k] = x;
                if (x >= left.Length && x - k >= right.Length)
                {
                    return trace;
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> Hunks(List<Edit> edits)
    {
        var (leftLine, rightLine) = (1, 1);
        for (var i = 0; i < edits.Count;)
        {
            var change = edits.FindIndex(i, edit => edit.Mark != ' ');
            if (change < 0)
            {
                yield break;
            }

            var start = Math.Max(i, change - Context);
            (leftLine, rightLine) = (leftLine + start - i, rightLine + start - i);
            var end = End(edits, change);
            var hunk = edits[start..end];
            var (removed, added) = (hunk.Count(edit => edit.Mark != '+'), hunk.Count(edit => edit.Mark != '-'));
            yield return string.Create(CultureInfo.InvariantCulture, $"@@ -{leftLine},{removed} +{rightLine},{added} @@");
            foreach (var edit in hunk)
            {
                yield return edit.Mark + edit.Line;
            }

            (leftLine, rightLine, i) = (leftLine + removed, rightLine + added, end);
        }
    }

    /// <summary>The end of the hunk that a change is in: changes with little between them share one.</summary>
    private static int End(List<Edit> edits, int change)
    {
        var last = change;
        for (var i = change; i < edits.Count && i - last <= 2 * Context; i++)
        {
            last = edits[i].Mark == ' ' ? last : i;
        }

        return Math.Min(edits.Count, last + 1 + Context);
    }

    private readonly record struct Edit(char Mark, string Line);
}
